// In the browser because the server can't tell that it is not reached, nor the page why: it asks by plain HTTP.
import { useContext, useEffect, useSyncExternalStore } from "react";
import { EventLoopContext, useStateContext } from "$/utils/context-registry";
import { Store } from "$/public/js/store.js";

const PATIENCE_MS = 10_000;
const marks = globalThis.document?.documentElement.dataset ?? {};
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const line = Object.assign(new Store(), { reason: "", words: "", storage: marks.storage ?? "", zone });
let timer = null;
// Reflex clears its own flag during every navigation inside the page; the socket stays up all the while.
let everHydrated = false;

const show = (found) => {
  marks.line = found.reason;
  line.set(found);
};

const explain = async () => {
  const asked = fetch(`/api/connection?at=${location.origin}`, { signal: AbortSignal.timeout(PATIENCE_MS / 2) });
  const found = await asked.then((answer) => answer.json()).catch(() => ({ reason: "unreachable", words: "" }));
  if (timer === null) return;
  show(found);
  timer = setTimeout(explain, PATIENCE_MS);
};

export let isLive = false;
const watch = (state) => {
  isLive = state === "live";
  if (!isLive) return (timer ??= setTimeout(explain, PATIENCE_MS));
  timer = clearTimeout(timer) ?? null;
  if (line.reason) show({ reason: "", words: "" });
};

const subscribe = (listener) => {
  const stop = new AbortController();
  for (const name of ["online", "offline"]) window.addEventListener(name, listener, stop);
  return () => stop.abort();
};

export const useConnection = (rootState) => {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine, () => true);
  const [, errors] = useContext(EventLoopContext) ?? [null, []];
  const hydrated = useStateContext(rootState)?.is_hydrated_rx_state_;
  const before = everHydrated ? "reconnecting" : "connecting";
  everHydrated ||= hydrated;
  const state = !online ? "offline" : everHydrated && errors.length === 0 ? "live" : before;
  useEffect(() => void watch(state), [state]);
  return state;
};

export const useObstacle = (name) => useSyncExternalStore(line.subscribe, () => line[name], () => "");
