// In the browser because rows come in storms: the newest are kept in order, and drawn at a bounded rate.
import { drawSoon, drawn } from "$/public/js/beat.js";
import { Store, follow } from "$/public/js/store.js";

const KEPT = 10_000;
const PAUSE_MS = 250; // between two renderings while rows pour in
const UNSEEN_MS = 1_000; // the same while the visitor looks at another part of the page
const STORM = 16; // new rows at once
const FEW = 24; // rows in the document during a storm: about what a panel has in view
const CALM_MS = 150; // past the next drawing
const STEP = 20; // rows that come back at a time when it is over
const STEP_MS = 120;
const MOST = 1_000;

/** A view of one says in `look` what it shows, and in `wish` how many rows it would draw at the most. */
export class Feed extends Store {
  rows = [];
  count = 0;
  arrivals = new Set(); // called with every new row, at once
  drawnAt = 0;
  toldCount = 0;
  room = MOST; // how many rows a view may draw now
  calm = null;
  inSight = true;

  /** `panel` names the part of the page that shows it. */
  constructor(wellFormed, panel) {
    super();
    Object.assign(this, { wellFormed, panel });
  }

  attach(states, sources) {
    const read = () => sources.forEach(([state, field]) => this.read(states, state, field));
    const stops = [follow(states, sources.map(([state]) => state), read), this.watch()];
    return () => stops.forEach((stop) => stop());
  }

  watch() {
    const sight = new IntersectionObserver((changes) => {
      this.inSight = changes.at(-1).isIntersecting;
      if (this.inSight && this.count > this.toldCount) this.tell();
    });
    const panel = document.querySelector(`[data-panel="${this.panel}"]`);
    if (panel) sight.observe(panel);
    return () => [sight.disconnect(), (this.inSight = true)];
  }

  read(states, state, field) {
    const rows = states.getSnapshot(state)?.[field];
    this.once(`${state}.${field}`, rows, () => this.add(this.wellFormed(rows)));
  }

  add(rows) {
    if (this.isAnotherFeed(rows)) this.restart();
    const fresh = this.unknown(rows);
    if (fresh.length === 0) return;
    const inOrder = fresh[0].seq > this.count;
    this.rows.push(...fresh);
    if (!inOrder) this.rows.sort((a, b) => a.seq - b.seq);
    this.count = this.rows.at(-1).seq;
    if (this.rows.length > KEPT) this.rows.splice(0, this.rows.length - KEPT);
    this.arrivals.forEach((arrival) => arrival(fresh));
    drawSoon(this.tellNow, this.drawnAt, this.pause());
  }

  unknown(rows) {
    if (rows.length === 0 || rows[0].seq > this.count) return rows;
    const known = new Set(this.rows.map((row) => row.seq));
    return rows.filter((row) => !known.has(row.seq));
  }

  // A server that was started anew counts from 1 again: the same number then names another row.
  isAnotherFeed(rows) {
    const newest = rows.at(-1);
    const known = newest?.seq <= this.count && this.rows.find((row) => row.seq === newest.seq);
    return Boolean(known) && (known.request_id !== newest.request_id || known.at !== newest.at);
  }

  restart() {
    Object.assign(this, { rows: [], count: 0 });
  }

  pause = () => (this.inSight ? PAUSE_MS : UNSEEN_MS);

  tellNow = () => this.tell();

  tell() {
    drawn(this.tellNow);
    this.makeRoom();
    this.look();
    this.notify();
    this.drawnAt = performance.now();
  }

  // In a storm nobody reads further up than the last rows; what is above them comes back when it is calm.
  makeRoom() {
    const fresh = this.count - this.toldCount;
    this.toldCount = this.count;
    if (fresh < STORM) return;
    this.room = FEW;
    clearTimeout(this.calm);
    this.calm = setTimeout(() => this.growRoom(), this.pause() + CALM_MS);
  }

  growRoom() {
    this.room = Math.min(this.room + STEP, MOST);
    if (this.room < this.wish) this.calm = setTimeout(() => this.growRoom(), STEP_MS);
    else this.room = MOST;
    this.tell();
  }
}
