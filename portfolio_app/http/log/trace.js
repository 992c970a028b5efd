// In the browser because a waterfall opens at once, and without a connection it is the tab that stops waiting.
import { drawSoon } from "$/public/js/beat.js";
import { onLogRows } from "$/public/js/log.js";
import { Store, ask, hookOf } from "$/public/js/store.js";
import "$/public/js/lit.js";

const PATIENCE_MS = 8_000;
const STEPS_GATHER_MS = 200; // late steps of a request, such as its push, come in small groups

class Wish extends Store {
  wanted = "";
  late = false;
  steps = 0;
  patience = null;

  attach(states, names) {
    this.names = names;
    return onLogRows((rows) => this.follow(rows));
  }

  open(wanted) {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.set({ late: true }), PATIENCE_MS);
    this.set({ wanted, late: false, steps: 0 });
    this.ask();
  }

  ask = () => this.wanted && ask(this.names.open, { request_id: this.wanted });

  close() {
    if (!this.wanted) return;
    clearTimeout(this.patience);
    this.set({ wanted: "" });
    ask(this.names.close);
  }

  // The request may still be going on: each of its later steps makes the waterfall longer.
  follow(rows) {
    if (!this.wanted) return;
    const steps = rows.reduce((count, row) => count + (row.request_id === this.wanted), 0);
    if (this.steps > 0 && steps !== this.steps) drawSoon(this.ask, performance.now(), STEPS_GATHER_MS);
    this.steps = steps;
  }
}

export const wish = new Wish();

export const useTrace = hookOf(wish);
