// Which trace this tab wants to see, and how far the answer is.
import { useContext, useEffect, useSyncExternalStore } from "react";
import { StateStoreContext } from "$/utils/context-registry";
import { addEvents } from "$/utils/context";
import { ReflexEvent } from "$/utils/state";
import { onLogRows } from "$/public/js/log.js";

const PATIENCE_MS = 8_000;
const STEPS_GATHER_MS = 200; // late steps of a request, such as its push, come in small groups

class TraceView {
  names = null;
  wanted = "";
  answered = "";
  missing = false;
  problem = "";
  failed = false;
  steps = 0;
  patience = null;
  gathering = null;
  listeners = new Set();

  attach(store, names) {
    this.names = names;
    const read = () => this.read(store.getSnapshot(names.state) ?? {});
    const detach = [store.subscribe(names.state, read), onLogRows((rows) => this.follow(rows))];
    read();
    return () => detach.forEach((stop) => stop());
  }

  read({ answered_rx_state_: answered, trace_rx_state_: trace, problem_rx_state_: problem }) {
    this.answered = answered ?? "";
    this.missing = !trace;
    this.problem = problem ?? "";
    if (this.answered === this.wanted) this.settle(false);
  }

  open(requestId) {
    this.wanted = requestId;
    this.steps = 0;
    this.ask();
    // An older answer for the same request is shown until the new one is here.
    this.settle(false, { wait: true });
  }

  ask() {
    addEvents([ReflexEvent(this.names.open, { request_id: this.wanted })]);
  }

  close() {
    if (!this.wanted) return;
    this.wanted = "";
    addEvents([ReflexEvent(this.names.close)]);
    this.settle(false);
  }

  settle(failed, { wait = false } = {}) {
    clearTimeout(this.patience);
    this.failed = failed;
    if (wait) this.patience = setTimeout(() => this.settle(this.status() === "loading"), PATIENCE_MS);
    this.listeners.forEach((listener) => listener());
  }

  // The request may still be going on: each of its later steps makes the waterfall longer.
  follow(rows) {
    if (!this.wanted || this.gathering) return;
    const steps = rows.reduce((count, row) => count + (row.request_id === this.wanted), 0);
    if (steps === this.steps) return;
    const isNews = this.steps > 0;
    this.steps = steps;
    if (!isNews) return;
    this.gathering = setTimeout(() => {
      this.gathering = null;
      if (this.wanted) this.ask();
    }, STEPS_GATHER_MS);
  }

  status() {
    if (!this.wanted) return "closed";
    if (this.failed) return "failed";
    if (this.answered !== this.wanted) return "loading";
    if (this.problem) return "failed";
    return this.missing ? "missing" : "shown";
  }

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

const view = new TraceView();
const READ = { status: () => view.status(), wanted: () => view.wanted };
const INITIAL = { status: "closed", wanted: "" };

export const useTrace = (names, name) => {
  const store = useContext(StateStoreContext);
  useEffect(() => view.attach(store, names), [store]);
  return useSyncExternalStore(view.subscribe, READ[name], () => INITIAL[name]);
};

export const openTrace = (requestId) => view.open(requestId);
export const closeTrace = () => view.close();
