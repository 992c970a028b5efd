// In the browser because what stands behind the # of a link is sent to no server, which is why the code stands there.
import { useEffect } from "react";

const KEY = "recover";

/** Fills name and code of a form from the link of a letter, and takes them out of the address. */
export function RecoverLink() {
  useEffect(() => {
    const given = location.hash.slice(1);
    if (given) {
      sessionStorage.setItem(KEY, given);
      location.replace(location.pathname); // anew, so that the address is sent along with no event
      return;
    }
    const [name, code] = (sessionStorage.getItem(KEY) ?? "").split(".");
    sessionStorage.removeItem(KEY);
    if (!code) return;
    document.getElementById("login")?.setAttribute("value", name); // a member who confirms an address types none
    document.getElementById("code").value = code;
  }, []);
  return null;
}
