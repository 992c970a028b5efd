// What the parts of a page share: each redraws in the browser, by itself, when a thing that lives there changes.
import { useContext, useEffect, useSyncExternalStore } from "react";
import { StateStoreContext } from "$/utils/context-registry";
import { addEvents } from "$/utils/context";
import { ReflexEvent } from "$/utils/state";

export class Store {
  listeners = new Set();

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  notify() {
    this.listeners.forEach((listener) => listener());
  }

  set(changes) {
    Object.assign(this, changes);
    this.notify();
  }
}

/** A hook that gives one of `readings`, by name; `store` is attached to Reflex's states while it is in the page. */
export const hookOf = (store, readings) => {
  const first = Object.fromEntries(Object.entries(readings).map(([name, read]) => [name, read()]));
  return (names, name) => {
    const states = useContext(StateStoreContext);
    useEffect(() => store.attach(states, names), [states]);
    return useSyncExternalStore(store.subscribe, readings[name], () => first[name]);
  };
};

/** Has `read` called at every update of these states, before React batches any: no frame is overwritten unread. */
export const follow = (states, names, read) => {
  const stops = names.map((name) => states.subscribe(name, read));
  read();
  return () => stops.forEach((stop) => stop());
};

/** Calls an event handler on the server. */
export const ask = (handler, payload) => addEvents([ReflexEvent(handler, payload)]);

/** `make`, once for each object: what is drawn again only when it has changed must be the same object until then. */
export const once = (make) => {
  const made = new WeakMap();
  return (of) => {
    if (!made.has(of)) made.set(of, make(of));
    return made.get(of);
  };
};
