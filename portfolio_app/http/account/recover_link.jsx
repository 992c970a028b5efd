// In the browser because what stands behind the # of a link is sent to no server, which is why the code stands there.
import { useEffect } from "react";

/** Fills name and code of the recovery form from a reset link, and takes them out of the address. */
export function RecoverLink() {
  useEffect(() => {
    const given = location.hash.slice(1);
    if (given) {
      history.replaceState({ given }, "", location.pathname); // which holds it where storage is blocked, too
      return location.reload(); // so that the address is sent along with no event
    }
    const [name, code] = (history.state?.given ?? "").split(".");
    if (!code) return;
    history.replaceState({ ...history.state, given: "" }, "");
    document.getElementById("login").value = name;
    document.getElementById("code").value = code;
  }, []);
  return null;
}
