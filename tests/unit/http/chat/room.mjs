// A tab's room under Node.js: Reflex's states are fed with updates, and a reading of it comes back after each of them.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const { scripts, updates, reading, field } = JSON.parse(readFileSync(0, "utf8"));
const stub = (text) => `data:text/javascript,${encodeURIComponent(text)}`;
const stubs = {
  react: stub(`
    export const useContext = () => globalThis.states;
    export const useEffect = (effect) => effect();
    export const useSyncExternalStore = (_subscribe, read) => read();
  `),
  "socket.io-client": stub("export class Socket {}"),
  "$/utils/context-registry": stub("export const StateStoreContext = null; export const useStateContext = () => ({}); export const eventLoop = {};"),
  "$/utils/context": stub("export const addEvents = (events) => globalThis.asked.push(...events);"),
  "$/utils/state": stub("export const ReflexEvent = (name, payload) => ({ name, payload });"),
};
registerHooks({ resolve: (name, context, next) => next(stubs[name] ?? scripts[name] ?? name, context) });

globalThis.document = { hidden: false, title: "", documentElement: { dataset: {} }, addEventListener: () => {} };
Object.defineProperty(globalThis, "navigator", { value: { onLine: true } });
globalThis.setTimeout = () => null;
globalThis.asked = [];
const listeners = {};
const state = { chat: {}, feed: {}, identity: {} };
globalThis.states = {
  getSnapshot: (name) => state[name],
  subscribe: (name, read) => ((listeners[name] = read), () => {}),
};

const { useRoom } = await import("$/public/js/room.js");
const names = { chat: "chat", feed: "feed", identity: "identity", repair: "repair" };
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const readAfter = ([name, delta]) => {
  // As Reflex's `applyDelta`: a value that is as it was stays the same object, and without another nobody is called.
  const changed = Object.entries(delta).filter(([field, value]) => !same(state[name][`${field}_rx_state_`], value));
  for (const [field, value] of changed) state[name][`${field}_rx_state_`] = value;
  if (changed.length) listeners[name]();
  const read = useRoom(names, reading);
  return reading === "snapshot" ? read.map((row) => row[field]) : read;
};

useRoom(names, "snapshot");
process.stdout.write(JSON.stringify(updates.map(readAfter)));
