// The websocket's state as a visitor should see it: live, reconnecting or offline.
import { useContext, useSyncExternalStore } from "react";
import { EventLoopContext, useStateContext } from "$/utils/context-registry";

// Reflex clears its own flag during every navigation inside the page; the socket stays up all the while.
let everHydrated = false;

const subscribe = (listener) => {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
};

export const useConnection = (rootState) => {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine, () => true);
  const [, errors] = useContext(EventLoopContext) ?? [null, []];
  const hydrated = useStateContext(rootState)?.is_hydrated_rx_state_;
  everHydrated ||= hydrated;
  if (!online) return "offline";
  return everHydrated && errors.length === 0 ? "live" : "reconnecting";
};
