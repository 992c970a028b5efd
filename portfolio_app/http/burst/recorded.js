// The run that an address names, and the one beside it. The browser reads their records itself: a record may list a
// thousand mismatches and ten waterfalls, and a state would keep it for every tab.
import { useEffect, useSyncExternalStore } from "react";
import { useLocation } from "react-router";
import { Refusal, readRun } from "$/public/js/burst_server.js";

const PATH = "/runs/";
const GONE = "The run to put beside this one is not recorded here: runs are kept for a while, then they go.";
const BROKEN = "The page could not read it. Reload it.";

const listeners = new Set();
const tell = () => listeners.forEach((listener) => listener());

/** The record of `run`; `status` is none, loading, shown, missing or failed, the last with a `problem`. */
class Reading {
  constructor(status) {
    Object.assign(this, { run: "", record: null, problem: "", status });
  }

  set(changes) {
    Object.assign(this, changes);
    tell();
  }

  /** What is shown stays until there is something else to show. */
  async read(run) {
    if (!run) return this.set({ run, record: null, problem: "", status: "none" });
    this.set({ run, problem: "", status: "loading" });
    const end = await readRun(run).then((record) => ({ status: "shown", record }), this.failure);
    if (this.run === run) this.set(end);
  }

  failure = (reason) => ({
    record: null,
    status: reason.final ? "missing" : "failed",
    problem: reason instanceof Refusal ? reason.message : BROKEN,
  });
}

const here = new Reading("loading");
const beside = new Reading("none");

let visited = null;
const visit = ({ key, pathname, search }) => {
  if (key === visited) return; // each part of the page asks for itself
  visited = key;
  here.read(pathname.split(PATH)[1]?.split("/")[0] ?? "");
  beside.read(new URLSearchParams(search).get("with") ?? "");
};

const PROBLEMS = {
  missing: () => GONE,
  failed: () => `The other run could not be read. ${beside.problem}`,
};

const READ = {
  status: () => here.status,
  problem: () => here.problem,
  record: () => here.record,
  other: () => beside.record,
  other_id: () => (beside.status in PROBLEMS ? "" : beside.run),
  other_problem: () => PROBLEMS[beside.status]?.() ?? "",
};
const INITIAL = Object.fromEntries(Object.entries(READ).map(([name, read]) => [name, read()]));

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useRecorded = (name) => {
  const location = useLocation();
  useEffect(() => visit(location), [location]);
  return useSyncExternalStore(subscribe, READ[name], () => INITIAL[name]);
};

export const readAgain = () => here.read(here.run);
export const putBeside = (run) => beside.read(run);
