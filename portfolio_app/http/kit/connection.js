// In the browser because the server can't tell that it is not reached: live, reconnecting or offline.
import { useContext, useSyncExternalStore } from "react";
import { EventLoopContext, useStateContext } from "$/utils/context-registry";

// Reflex clears its own flag during every navigation inside the page; the socket stays up all the while.
let everHydrated = false;

const subscribe = (listener) => {
  const names = ["online", "offline"];
  names.forEach((name) => window.addEventListener(name, listener));
  return () => names.forEach((name) => window.removeEventListener(name, listener));
};

export const useConnection = (rootState) => {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine, () => true);
  const [, errors] = useContext(EventLoopContext) ?? [null, []];
  const hydrated = useStateContext(rootState)?.is_hydrated_rx_state_;
  everHydrated ||= hydrated;
  if (!online) return "offline";
  return everHydrated && errors.length === 0 ? "live" : "reconnecting";
};
