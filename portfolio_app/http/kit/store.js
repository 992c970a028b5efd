// In the browser because parts of a page share what lives there, and each redraws by itself when that changes.
import { useContext, useEffect, useSyncExternalStore } from "react";
import { StateStoreContext } from "$/utils/context-registry";
import { addEvents } from "$/utils/context";
import { ReflexEvent } from "$/utils/state";

export class Store {
  listeners = new Set();
  seen = {}; // the last value of each name that was used
  users = 0; // hooks that show a part of it: it is attached to Reflex's states once for all of them

  enter(states, names) {
    if (this.users++ === 0) this.detach = this.attach(states, names);
    return () => {
      if (--this.users === 0) this.detach?.();
    };
  }

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Has `use` take a `value` of a state, unless this was the last one of this name. */
  once(name, value, use) {
    if (!value || value === this.seen[name]) return;
    this.seen[name] = value;
    use(value);
  }

  notify() {
    this.listeners.forEach((listener) => listener());
  }

  set(changes) {
    Object.assign(this, changes);
    this.notify();
  }
}

/** A hook that gives one of `readings`, or a field of `store`, by its name. */
export const hookOf = (store, readings = {}) => {
  const read = (name) => (readings[name] ? readings[name]() : store[name]);
  const first = { ...store, ...Object.fromEntries(Object.keys(readings).map((name) => [name, read(name)])) };
  return (names, name) => {
    const states = useContext(StateStoreContext);
    useEffect(() => store.enter(states, names), [states]);
    return useSyncExternalStore(store.subscribe, () => read(name), () => first[name]);
  };
};

/** `read` is called at every update of these states, before React batches any: no frame is overwritten unread. */
export const follow = (states, names, read) => {
  const stops = names.map((name) => states.subscribe(name, read));
  read();
  return () => stops.forEach((stop) => stop());
};

export const ask = (handler, payload) => addEvents([ReflexEvent(handler, payload)]);

/** What this tab keeps across reloads, and loses when it is closed; nothing where storage is not allowed. */
export const kept = (key) => {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
};

export const keep = (key, value) => {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {} // not allowed, or full: what is on the screen is there all the same
};

/** `make`, once for each object: what is drawn again only when it has changed must be the same object until then. */
export const once = (make) => {
  const made = new WeakMap();
  return (of) => {
    if (!made.has(of)) made.set(of, make(of));
    return made.get(of);
  };
};
