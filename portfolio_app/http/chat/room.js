// In the browser because it merges: a room's window, frames pushed after it and this tab's outbox are one list.
// Rows are keyed by message id and ordered by room revision, so a frame may be lost, repeated or
// overtake the window: a hole in the revisions is noticed and asked for again.
import { copyText } from "$/public/js/clipboard.js";
import { isPage, messagesIn, placeOf } from "$/public/js/frames.js";
import { Outbox } from "$/public/js/outbox.js";
import { whenPainted } from "$/public/js/painted.js";
import { byDay, inPlace } from "$/public/js/placed.js";
import { Revisions } from "$/public/js/revisions.js";
import { Store, ask, follow, hookOf } from "$/public/js/store.js";

const MAX_ROWS = 500; // as MOST in app/chat/history.py
const LIVE = Number.MAX_SAFE_INTEGER; // as END in app/ports/messages.py
const CATCH_UP_LIMIT = 500; // as in app/chat/read_room.py
const GONE = ["removed", "deleted"];
const SPOKEN = 3; // new messages read out one by one; more of them are counted

class Room extends Store {
  names = null;
  store = null;
  slug = null;
  at = ""; // the message that the room was opened at
  low = 0; // the first place in the room whose message is here
  wanted = { id: "", turn: 0 }; // the message that the last page was turned for
  high = LIVE; // the first one after it that is not: what arrives from there on is left to its page
  rows = new Map();
  sent = new Map(); // the client id of each row that this tab has sent, by message id
  requests = new Map(); // the request that each of them was stored in, by client id
  revisions = new Revisions((after) => ask(this.names.repair, { after }));
  outbox = new Outbox({
    send: (room, client_id, body) => ask(this.names.send, { room, client_id, body }),
    withdraw: (client_id) => ask(this.names.withdraw, { client_id }),
    changed: () => this.publish(),
  });
  notice = "";
  snapshot = [];
  copied = ""; // the message whose address is on the clipboard
  spoken = []; // what a screen reader has been given last
  seen = {};

  attach(store, names) {
    Object.assign(this, { store, names });
    const stop = follow(store, [names.chat, names.feed], () => this.read());
    this.outbox.enter(this.slug);
    return () => {
      stop();
      this.outbox.enter(null);
    };
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
    const elsewhere = !reopened || window.at !== this.at;
    if (elsewhere || window.rev - this.revisions.last > CATCH_UP_LIMIT) this.restart(window);
    const held = new Set(window.rows.map((row) => row.id));
    for (const row of this.rows.values()) {
      if (row.status === "pending" && !held.has(row.id)) this.rows.delete(row.id);
    }
    messagesIn(window.rows).forEach((row) => this.change(row));
    this.revisions.expect(window.rev);
    if (elsewhere) this.mark(window.at);
  }

  // Brings a row into view, and lets go of the one before it.
  mark(id) {
    const before = this.wanted.id;
    this.wanted = { id, turn: this.wanted.turn + 1 };
    for (const each of [before, id]) this.redraw(each);
  }

  redraw(id) {
    if (this.rows.has(id)) this.rows.set(id, { ...this.rows.get(id) });
  }

  // To a message of this room, wherever it is.
  go(id) {
    if (!this.rows.has(id)) return ask(this.names.go, { id });
    this.mark(id);
    this.publish();
  }

  restart(window) {
    Object.assign(this, { slug: window.room, rows: new Map(), low: window.low, high: window.high, at: window.at });
    this.revisions.startAt(window.rev);
    this.outbox.enter(window.room);
  }

  turn({ room, rev, rows, low, high, joins, at }) {
    if (room !== this.slug || (joins && (joins[0] !== this.low || joins[1] !== this.high))) return;
    Object.assign(this, { low, high });
    // Changes of its rows that came before it were left out then.
    this.revisions.startAt(Math.min(rev, this.revisions.last), this.revisions.expected);
    messagesIn(rows).forEach((row) => this.change(row));
    if (at) this.mark(at);
  }

  arrive(all) {
    // What came before the window or its part of the room, and is not there, is gone by now.
    const rows = all.filter(({ id, rev }) => rev === 0 || rev > this.revisions.last || this.rows.has(id));
    const news = rows.filter(({ id, status = "visible" }) => status === "visible" && !this.isShown(id));
    rows.forEach((row) => this.change(row));
    if (news.length) this.speak(news);
    const mine = rows.filter((row) => this.isMine(row)).map(({ id }) => id);
    const acknowledge = (ids) => {
      const [here, messages] = [true, false].map((own) => ids.filter((id) => this.sent.has(id) === own));
      ask(this.names.painted, { messages, here });
    };
    whenPainted(mine, acknowledge);
  }

  change(row) {
    if (this.outbox.confirm(row.cid)) this.sent.set(row.id, row.cid);
    const known = this.rows.get(row.id);
    // Of a message that was taken away its author keeps the text, to know which one it was.
    const taken = known && row.status === "removed" && this.isMine(known) && { body: known.body, taken: true };
    if (!known || row.rev >= known.rev) this.rows.set(row.id, { ...row, ...taken });
    this.revisions.have(row.rev);
  }

  isShown(id) {
    return (this.rows.get(id)?.rev ?? 0) > 0;
  }

  speak(news) {
    const each = news.map(({ id, author, body }) => ({ id, author, body, count: 1 }));
    const all = { id: news.at(-1).id, author: "", body: "", count: news.length };
    this.spoken = each.length > SPOKEN ? [all] : [...this.spoken, ...each].slice(-SPOKEN);
  }

  submit(body) {
    this.notice = body.trim() ? "" : "Write something first.";
    if (this.notice) return this.publish();
    if (this.high !== LIVE) ask(this.names.page, { toward: "newest", low: 0, high: 0, at: 0 });
    this.outbox.add(body);
  }

  answer({ rev, row, ...outcome }) {
    if (!outcome.error) this.requests.set(outcome.cid, outcome.request_id);
    this.outbox.answer(outcome);
    if (rev) this.revisions.expect(rev);
    if (!row) return;
    // One that was stored long ago may have scrolled away, or been removed.
    if (row.rev && row.rev <= this.revisions.last) this.outbox.confirm(row.cid);
    else this.change(row);
  }

  dismiss(id) {
    this.rows.delete(id);
    this.publish();
  }

  // Why the newest message was not sent, as long as it is there.
  error() {
    return this.notice || (this.snapshot.findLast(({ status }) => status === "failed")?.error ?? "");
  }

  publish() {
    this.forget();
    const shown = inPlace([...this.rows.values()].filter((row) => !GONE.includes(row.status) || row.taken));
    const kept = shown.slice(-MAX_ROWS);
    if (shown.length > MAX_ROWS) this.low = placeOf(kept.find(placeOf));
    const waiting = this.outbox.rows().map((row) => ({ ...row, ...this.me() }));
    const rows = kept.map((row) => decorate(row, this.sent.get(row.id)));
    this.snapshot = byDay([...rows, ...waiting]);
    this.notify();
  }

  // What is outside of the part that is here: a tab may stay open for weeks, or go back a hundred pages.
  forget() {
    for (const [id, row] of this.rows) {
      const place = placeOf(row);
      if (place === 0 || (place >= this.low && place < this.high)) continue;
      this.rows.delete(id);
      this.requests.delete(this.sent.get(id));
      this.sent.delete(id);
    }
  }

  me() {
    const me = this.store?.getSnapshot(this.names.identity) ?? {};
    const username = me.username_rx_state_;
    return username ? { author: username, tag: "" } : { author: "demo", tag: me.tag_rx_state_ ?? "" };
  }

  isMine(row) {
    const { author, tag } = this.me();
    return row.author === author && row.tag === tag;
  }
}

const decorated = new WeakMap();
// A row keeps its element while it is confirmed. Only for rows of this tab: others' client ids may collide.
const decorate = (row, cid) => {
  const { id, turn } = room.wanted;
  const more = { key: cid ?? row.id, error: "", waits: "", mine: room.isMine(row), wanted: id === row.id ? turn : 0 };
  const request = room.requests.get(cid) ?? "";
  if (decorated.get(row)?.request !== request) decorated.set(row, { status: "visible", late: 0, ...row, ...more, request });
  return decorated.get(row);
};

const room = new Room();

export const useRoom = hookOf(room, { error: () => room.error() });
export const submitMessage = (form) => room.submit(String(form.body ?? ""));
export const typedMessage = () => room.notice && room.set({ notice: "" });
export const retryMessage = (cid) => room.outbox.retry(cid);
export const discardMessage = (cid) => room.outbox.discard(cid);
export const copyLink = async (id) => {
  const copied = await copyText(`${location.origin}/chat/${room.slug}/${id}`);
  room.set({ copied: copied ? id : "" });
};
export const dismissMessage = (id) => room.dismiss(id);

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
