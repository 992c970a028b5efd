// In the browser because only it knows which revisions are there: a hole is asked for again, ever less often.
import { isRevision } from "$/public/js/frames.js";

const REPAIR_DELAYS_MS = [120, 500, 1_500, 4_000];

export class Revisions {
  last = 0; // every change up to this revision is here
  ahead = new Set(); // revisions that are here although an earlier one is missing
  expected = 0; // the highest revision the server has named
  repairs = 0;
  timer = null;

  // `ask` fetches every change after a revision.
  constructor(ask) {
    this.ask = ask;
  }

  // Only what changed up to `revision` counts as here; the rest is asked for again.
  startAt(revision, expected = revision) {
    Object.assign(this, { ahead: new Set(), last: revision, expected });
    this.expect(expected);
  }

  // All changes up to `revision` have been sent to this tab.
  settle(revision) {
    if (!isRevision(revision) || revision <= this.last) return;
    this.repairs = 0;
    this.last = revision;
    this.ahead = new Set([...this.ahead].filter((known) => known > revision));
    this.advance();
    this.expect(revision);
  }

  have(revision) {
    if (revision <= this.last) return;
    this.ahead.add(revision);
    this.advance();
    this.expect(revision);
  }

  advance() {
    while (this.ahead.delete(this.last + 1)) this.last += 1;
  }

  expect(revision) {
    if (!isRevision(revision)) return;
    this.expected = Math.max(this.expected, revision);
    if (this.last >= this.expected) {
      clearTimeout(this.timer);
      this.timer = null;
      this.repairs = 0;
    } else if (this.timer === null) {
      const delay = REPAIR_DELAYS_MS[Math.min(this.repairs, REPAIR_DELAYS_MS.length - 1)];
      this.timer = setTimeout(() => this.repair(), delay);
    }
  }

  // Called at once when the last answer held only a part of what is missing.
  repair() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.last >= this.expected) return;
    this.repairs += 1;
    this.ask(this.last);
    this.expect(this.expected);
  }
}
