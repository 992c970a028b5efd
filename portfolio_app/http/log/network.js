// In the browser because rows come in storms: the network table, sorted by any column without asking.
import { Feed } from "$/public/js/feed.js";
import { networkRowsIn } from "$/public/js/frames.js";
import { hookOf } from "$/public/js/store.js";

const SHOWN = 100;
const BIGGEST_FIRST = new Set(["seq", "status", "ms", "bytes"]);

const compare = (a, b) => (a < b ? -1 : Number(a > b));

class Network extends Feed {
  column = "seq";
  descending = true;
  shown = [];
  wish = SHOWN;

  look() {
    const most = Math.min(SHOWN, this.room);
    const turn = this.descending ? -1 : 1;
    const newest = this.column === "seq" && this.descending;
    this.shown = (newest ? this.rows.slice(-most) : [...this.rows])
      .sort((a, b) => turn * (compare(a[this.column], b[this.column]) || a.seq - b.seq))
      .slice(0, most);
  }

  sortBy(column) {
    this.descending = column === this.column ? !this.descending : BIGGEST_FIRST.has(column);
    this.column = column;
    this.tell();
  }
}

export const network = new Network(networkRowsIn, "network");

export const useNetwork = hookOf(network, {
  rows: () => network.shown,
  first: () => network.shown[0]?.seq ?? 0,
  direction: () => (network.descending ? "descending" : "ascending"),
});

/** Calls `listener` with every new row, drawn or not, until the returned function is called. */
export const followNetwork = (states, sources, listener) => {
  network.arrivals.add(listener);
  const leave = network.enter(states, sources);
  return () => leave(network.arrivals.delete(listener));
};
