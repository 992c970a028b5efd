// The run that an address names, and the one it is compared with. The browser reads them itself: a record may list a
// thousand mismatches and ten waterfalls, and a state would keep it for every tab.
import { useEffect } from "react";
import { useLocation } from "react-router";
import { Refusal, readRun } from "$/public/js/burst_server.js";
import { Store, hookOf } from "$/public/js/store.js";

const GONE = "The run to compare this one with is not recorded here: runs are kept for a while, then they go.";
const BROKEN = "The page could not read it. Reload it.";
const NOTHING = { other: {}, rows: [] };

/** What the site answers with; `status` is none, loading, shown, missing or failed, the last with a `problem`. */
class Reading {
  constructor(status, given) {
    Object.assign(this, { run: "", given, nothing: given, problem: "", status });
  }

  /** What is shown stays until there is something else to show. */
  async read(run, ...path) {
    Object.assign(this, { run, problem: "", status: run ? "loading" : "none" }, run ? {} : { given: this.nothing });
    store.notify();
    if (!run) return;
    const end = await readRun(...path, run).then((given) => ({ status: "shown", given }), this.failure);
    if (this.run === run) Object.assign(this, end);
    store.notify();
  }

  failure = (reason) => ({
    given: this.nothing,
    status: reason.final ? "missing" : "failed",
    problem: reason instanceof Refusal ? reason.message : BROKEN,
  });
}

const store = Object.assign(new Store(), { attach: () => {} });
const here = new Reading("loading", null);
const other = new Reading("none", NOTHING);

let visited = null;
const visit = ({ key, pathname, search }) => {
  if (key === visited) return; // each part of the page asks for itself
  visited = key;
  here.read(pathname.split("/runs/")[1]?.split("/")[0] ?? "");
  compareWith(new URLSearchParams(search).get("with") ?? "");
};

const PROBLEMS = { missing: () => GONE, failed: () => `The other run could not be read. ${other.problem}` };

const useReading = hookOf(store, {
  status: () => here.status,
  problem: () => here.problem,
  record: () => here.given,
  compared: () => other.given,
  other: () => (other.status in PROBLEMS ? "" : other.run),
  other_problem: () => PROBLEMS[other.status]?.() ?? "",
});

export const useRecorded = (name) => {
  const location = useLocation();
  useEffect(() => visit(location), [location]);
  return useReading({}, name);
};

export const readAgain = () => here.read(here.run);
export const compareWith = (run) => other.read(run, here.run, "compared");
