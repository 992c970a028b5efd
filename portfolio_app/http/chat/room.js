// In the browser because it merges: a room's window, frames pushed after it and this tab's outbox are one list.
// Rows are keyed by message id and ordered by room revision, so a frame may be lost, repeated or
// overtake the window: a hole in the revisions is noticed and asked for again.
import { isPage, messagesIn, placeOf } from "$/public/js/frames.js";
import { whenPainted } from "$/public/js/painted.js";
import { Revisions } from "$/public/js/revisions.js";
import { Store, ask, follow, hookOf } from "$/public/js/store.js";

const MAX_ROWS = 500; // as MOST in app/chat/history.py
const LIVE = Number.MAX_SAFE_INTEGER; // as END in app/ports/messages.py
const CATCH_UP_LIMIT = 500; // as in app/chat/read_room.py
const ANSWER_TIMEOUT_MS = 10_000;
const RESEND_AFTER_MS = 3_000;
const NO_ANSWER = "The server did not answer. Your text is kept: try again.";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

const newClientId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
};

class Room extends Store {
  names = null;
  store = null;
  slug = null;
  low = 0; // the first place in the room whose message is here
  wanted = { id: "", turn: 0 }; // the message that the last page was turned for
  high = LIVE; // the first one after it that is not: what arrives from there on is left to its page
  rows = new Map();
  outbox = new Map();
  sent = new Map(); // the client id of each row that this tab has sent, by message id
  revisions = new Revisions((after) => ask(this.names.repair, { after }));
  error = "";
  snapshot = [];
  seen = {};

  attach(store, names) {
    Object.assign(this, { store, names });
    return follow(store, [names.chat, names.feed], () => this.read());
  }

  read() {
    const chat = this.store.getSnapshot(this.names.chat) ?? {};
    const feed = this.store.getSnapshot(this.names.feed) ?? {};
    this.once("window", chat.window_rx_state_, (window) => this.open(window));
    this.once("arrivals", feed.arrivals_rx_state_, (rows) => this.arrive(messagesIn(rows)));
    this.once("page", feed.page_rx_state_, (page) => isPage(page) && this.turn(page));
    this.once("settled", feed.settled_rx_state_, (revision) => this.revisions.settle(revision));
    this.once("revision", feed.revision_rx_state_, (revision) => this.revisions.expect(revision));
    this.once("more", feed.more_rx_state_, () => this.revisions.repair());
    this.once("outcome", chat.outcome_rx_state_, (outcome) => this.answer(outcome));
    this.publish();
  }

  once(name, value, use) {
    if (value && value !== this.seen[name]) {
      this.seen[name] = value;
      use(value);
    }
  }

  open(window) {
    const reopened = window.room === this.slug;
    // A tab that was away for a while keeps what it has and asks for the rest; after too long it starts over.
    if (!reopened || window.rev - this.revisions.last > CATCH_UP_LIMIT) this.restart(window);
    const held = new Set(window.rows.map((row) => row.id));
    for (const row of this.rows.values()) {
      if (row.status === "pending" && !held.has(row.id)) this.rows.delete(row.id);
    }
    messagesIn(window.rows).forEach((row) => this.change(row));
    this.revisions.expect(window.rev);
    if (reopened) this.resend();
  }

  restart(window) {
    if (window.room !== this.slug) this.outbox = new Map();
    Object.assign(this, { slug: window.room, rows: new Map(), low: window.low, high: window.high });
    this.revisions.startAt(window.rev);
  }

  turn({ room, rev, rows, low, high, joins, at }) {
    if (room !== this.slug || (joins && (joins[0] !== this.low || joins[1] !== this.high))) return;
    Object.assign(this, { low, high });
    // Changes of its rows that came before it were left out then.
    this.revisions.startAt(Math.min(rev, this.revisions.last), this.revisions.expected);
    messagesIn(rows).forEach((row) => this.change(row));
    this.wanted = { id: at, turn: this.wanted.turn + 1 };
  }

  arrive(rows) {
    rows.forEach((row) => this.change(row));
    const { author, tag } = this.me();
    const fromAnotherTab = rows.filter((row) => row.author === author && row.tag === tag && !this.sent.has(row.id));
    const acknowledge = (messages) => ask(this.names.painted, { messages });
    whenPainted(fromAnotherTab.map((row) => row.id), acknowledge);
  }

  change(row) {
    if (this.outbox.delete(row.cid)) this.sent.set(row.id, row.cid);
    const known = this.rows.get(row.id);
    if (!known || row.rev >= known.rev) this.rows.set(row.id, row);
    this.revisions.have(row.rev);
  }

  submit(body) {
    if (!body.trim()) {
      this.error = "Write something first.";
    } else {
      this.error = "";
      if (this.high !== LIVE) ask(this.names.page, { toward: "newest", low: 0, high: 0, at: 0 });
      this.outbox.set(newClientId(), { body, at: Date.now(), status: "sending", error: "" });
      this.post([...this.outbox.keys()].at(-1));
    }
    this.publish();
  }

  post(cid) {
    const entry = this.outbox.get(cid);
    if (!entry) return;
    Object.assign(entry, { status: "sending", error: "", sentAt: Date.now() });
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.refuse(cid, NO_ANSWER), ANSWER_TIMEOUT_MS);
    ask(this.names.send, { client_id: cid, body: entry.body });
  }

  resend() {
    const due = Date.now() - RESEND_AFTER_MS;
    for (const [cid, entry] of this.outbox) {
      if (entry.status === "sending" && entry.sentAt < due) this.post(cid);
    }
  }

  answer({ cid, rev, error }) {
    const entry = this.outbox.get(cid);
    if (error) return this.refuse(cid, error);
    clearTimeout(entry?.timer);
    if (rev) this.revisions.expect(rev);
  }

  refuse(cid, error) {
    const entry = this.outbox.get(cid);
    if (!entry) return;
    clearTimeout(entry.timer);
    Object.assign(entry, { status: "failed", error });
    this.error = error;
    this.publish();
  }

  retry(cid) {
    this.error = "";
    this.post(cid);
    this.publish();
  }

  discard(cid) {
    clearTimeout(this.outbox.get(cid)?.timer);
    this.outbox.delete(cid);
    this.error = "";
    this.publish();
  }

  publish() {
    this.forget();
    const shown = [...this.rows.values()].filter((row) => row.status !== "removed");
    // A held message has no place yet: it waits below what is visible.
    shown.sort((a, b) => (placeOf(a) || Infinity) - (placeOf(b) || Infinity) || a.at - b.at);
    const kept = shown.slice(-MAX_ROWS);
    if (shown.length > MAX_ROWS) this.low = placeOf(kept.find(placeOf));
    this.snapshot = [...kept.map((row) => decorate(row, this.sent.get(row.id), this.wanted)), ...this.waiting()];
    this.notify();
  }

  // What is outside of the part that is here: a tab may stay open for weeks, or go back a hundred pages.
  forget() {
    for (const [id, row] of this.rows) {
      const place = placeOf(row);
      if (place === 0 || (place >= this.low && place < this.high)) continue;
      this.rows.delete(id);
      this.sent.delete(id);
    }
  }

  me() {
    const me = this.store?.getSnapshot(this.names.identity) ?? {};
    const username = me.username_rx_state_;
    return username ? { author: username, tag: "" } : { author: "demo", tag: me.tag_rx_state_ ?? "" };
  }

  waiting() {
    const { author, tag } = this.me();
    return [...this.outbox].map(([cid, { body, at, status, error }]) => ({
      key: cid, id: "", rev: 0, cid, author, tag, body, at, status, error, time: clock.format(at),
    }));
  }
}

const decorated = new WeakMap();
// A row keeps its element while it is confirmed. Only for rows of this tab: others' client ids may collide.
const decorate = (row, cid, { id, turn }) => {
  const more = { key: cid ?? row.id, time: clock.format(row.at), error: "", wanted: id === row.id ? turn : 0 };
  if (!decorated.has(row)) decorated.set(row, { status: "visible", ...row, ...more });
  return decorated.get(row);
};

const room = new Room();

export const useRoom = hookOf(room);
export const submitMessage = (form) => room.submit(String(form.body ?? ""));
export const retryMessage = (cid) => room.retry(cid);
export const discardMessage = (cid) => room.discard(cid);

// Back online or back in view: frames may have been missed without any sign of it.
if (typeof window !== "undefined") {
  const check = () => {
    if (room.names && room.slug && document.visibilityState === "visible") {
      ask(room.names.repair, { after: room.revisions.last });
    }
  };
  window.addEventListener("online", check);
  document.addEventListener("visibilitychange", check);
}
