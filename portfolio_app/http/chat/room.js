// In the browser because it merges: a room's window, frames pushed after it and this tab's outbox are one list.
// Rows are keyed by message id and ordered by room revision, so a frame may be lost, repeated or
// overtake the window: a hole in the revisions is noticed and asked for again.
import { copyText } from "$/public/js/clipboard.js";
import { connection } from "$/public/js/connection.js";
import { Quotes, isGone } from "$/public/js/answers.js";
import { isPage, messagesIn, ownIn, placeOf, quotesIn } from "$/public/js/frames.js";
import { Outbox } from "$/public/js/outbox.js";
import { whenPainted } from "$/public/js/painted.js";
import { byDay, inPlace } from "$/public/js/placed.js";
import { Revisions } from "$/public/js/revisions.js";
import { Store, ask, follow, hookOf, keep, kept } from "$/public/js/store.js";

const MAX_ROWS = 500; // as MOST in app/chat/history.py
const isReload = globalThis.performance?.getEntriesByType?.("navigation")[0]?.type === "reload";
let left = isReload ? kept("place") : null; // the room that was read further up, and the first message in view
const LIVE = Number.MAX_SAFE_INTEGER; // as END in app/ports/messages.py
const CATCH_UP_LIMIT = 500; // as in app/chat/read_room.py
const READ_MS = 4_000; // for so long it says from where on messages are new, once they are in view
const WRITES_MS = 3_000; // between two signals that its visitor writes
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
  own = new Map(); // the signs that this reader gave, by message id
  answering = ""; // the message that what is being written answers
  wroteAt = 0;
  missed = new Set(); // messages of others that came while the tab was hidden, or its reader further up
  newFrom = ""; // the first of them, until a moment after they have been read
  isAway = false; // whether its reader is further up
  quotes = new Quotes();
  revisions = new Revisions((after) => ask(this.names.repair, { after }));
  outbox = new Outbox({
    send: (message) => ask(this.names.send, message),
    withdraw: (client_id) => ask(this.names.withdraw, { client_id }),
    changed: () => this.publish(),
    writer: () => this.label(),
  });
  notice = "";
  snapshot = [];
  copied = ""; // the message whose address is on the clipboard
  changes = 0; // of what a reader may have found by searching: messages that are gone, written anew or nobody's
  spoken = []; // what a screen reader has been given last
  visitor = ""; // whose tab it is

  attach(store, names) {
    Object.assign(this, { store, names });
    const stop = follow(store, [names.chat, names.feed, names.identity], () => this.read());
    this.outbox.enter(this.slug);
    return () => {
      stop();
      this.outbox.enter(null);
      this.look(false);
    };
  }

  read() {
    const chat = this.store.getSnapshot(this.names.chat) ?? {};
    const feed = this.store.getSnapshot(this.names.feed) ?? {};
    this.once("window", chat.window_rx_state_, (window) => this.open(window));
    // An answer counts although it says what the last frame said: that one may have come before the window.
    this.once("answer", feed.answer_rx_state_, () => ["arrivals", "settled", "more"].forEach((name) => delete this.seen[name]));
    this.once("arrivals", feed.arrivals_rx_state_, (rows) => this.arrive(messagesIn(rows)));
    this.once("page", feed.page_rx_state_, (page) => isPage(page) && this.turn(page));
    this.once("quotes", feed.quotes_rx_state_, (rows) => quotesIn(rows).forEach((row) => this.quotes.learn(row)));
    this.once("own", feed.own_rx_state_, (own) => this.owned(own));
    this.once("settled", feed.settled_rx_state_, (revision) => this.revisions.settle(revision));
    this.once("revision", feed.revision_rx_state_, (revision) => this.revisions.expect(revision));
    this.once("more", feed.more_rx_state_, () => this.revisions.repair());
    this.once("outcome", chat.outcome_rx_state_, (outcome) => this.answer(outcome));
    this.meet(this.store.getSnapshot(this.names.identity) ?? {});
    this.publish();
  }

  // A member's draft goes with them.
  meet({ tag_rx_state_: tag = "", writer_rx_state_: writer = "", notice_rx_state_: notice }) {
    const visitor = `${tag} ${writer}`;
    if (visitor === this.visitor) return;
    this.visitor = visitor;
    const isCertain = Boolean(tag) && !notice; // it says that a session has ended
    if (isCertain && ![null, "", writer].includes(kept("member"))) {
      sessionStorage.clear();
      this.answering = "";
    }
    if (isCertain) keep("member", writer);
    this.outbox.belong(writer, isCertain);
  }

  open(window) {
    const reopened = window.room === this.slug;
    // A tab that was away for a while keeps what it has and asks for the rest; after too long it starts over.
    const elsewhere = !reopened || window.at !== this.at;
    const news = messagesIn(window.rows).filter((row) => row.rev > this.revisions.last && this.isNew(row));
    if (elsewhere || window.rev - this.revisions.last > CATCH_UP_LIMIT) this.restart(window);
    if (!elsewhere) this.miss(news);
    this.quotes.asked = new Set(this.quotes.known.keys()); // an answer may have been lost with its connection
    this.owned(window.own);
    const held = new Set(window.rows.map((row) => row.id));
    for (const { id, status } of this.rows.values()) {
      if (status === "pending" && !held.has(id)) this.rows.delete(id);
    }
    messagesIn(window.rows).forEach((row) => this.change(row));
    this.revisions.expect(window.rev);
    if (elsewhere) this.wanted = { id: window.at, turn: this.wanted.turn + 1 };
    if (left?.room === window.room) this.go(left.id);
    left = null;
  }

  // To a message of this room, wherever it is.
  go(id) {
    if (!this.rows.has(id)) return ask(this.names.go, { id });
    this.publish((this.wanted = { id, turn: this.wanted.turn + 1 }));
  }

  restart(window) {
    Object.assign(this, { slug: window.room, rows: new Map(), low: window.low, high: window.high, at: window.at, newFrom: "", answering: kept(`answer ${window.room}`) ?? "" });
    this.missed.clear();
    this.changes += 1;
    this.revisions.startAt(window.rev);
    this.outbox.enter(window.room);
  }

  owned(own) {
    ownIn(own).forEach(({ id, signs }) => this.own.set(id, signs));
  }

  turn({ room, rev, rows, low, high, joins, at, own }) {
    if (room !== this.slug || (joins && (joins[0] !== this.low || joins[1] !== this.high))) return;
    Object.assign(this, { low, high });
    this.owned(own);
    // Changes of its rows that came before it were left out then.
    this.revisions.startAt(Math.min(rev, this.revisions.last), this.revisions.expected);
    messagesIn(rows).forEach((row) => this.change(row));
    if (at) this.wanted = { id: at, turn: this.wanted.turn + 1 };
  }

  arrive(all) {
    // A row of the window's part of the room that the window lacks is gone by now.
    const rows = all.filter(({ id, rev }) => rev === 0 || rev > this.revisions.last || this.rows.has(id));
    const news = rows.filter((row) => this.isNew(row));
    rows.forEach((row) => this.change(row));
    if (news.length) this.speak(news);
    this.miss(news);
    const mine = rows.filter((row) => this.isMine(row)).map(({ id }) => id);
    const acknowledge = (ids) => {
      const [here, messages] = [true, false].map((own) => ids.filter((id) => this.sent.has(id) === own));
      if (connection.isLive) ask(this.names.painted, { messages, here });
    };
    whenPainted(mine, acknowledge);
  }

  change(row) {
    if (this.outbox.confirm(row.cid)) this.sent.set(row.id, row.cid);
    const known = this.rows.get(row.id);
    // Of a message that was taken away its author keeps the text, to know which one it was.
    const taken = known && row.status === "removed" && this.isMine(known) && { body: known.body, taken: true };
    if (!known || row.rev >= known.rev) this.rows.set(row.id, { ...row, ...taken });
    this.quotes.learn(row);
    if (isGone(row)) this.missed.delete(row.id);
    const isOther = placeOf(row) < row.rev && known?.author !== row.author; // its author may have left
    if (isGone(row) || row.edited || isOther) this.changes += 1;
    if (isGone(row)) this.spoken = this.spoken.filter(({ id }) => id !== row.id);
    this.revisions.have(row.rev);
  }

  isNew({ id, status = "visible" }) {
    return status === "visible" && !this.rows.get(id)?.rev;
  }

  speak(news) {
    const each = news.map(({ id, author, body }) => ({ id, author, body, count: 1 }));
    const all = { id: news.at(-1).id, author: "", body: "", count: news.length };
    this.spoken = each.length > SPOKEN ? [all] : [...this.spoken, ...each].slice(-SPOKEN);
  }

  miss(news) {
    if (!this.isAway && !document.hidden) return;
    news.filter((row) => !this.isMine(row)).forEach(({ id }) => this.missed.add(id));
  }

  // When the end of the room may have come into view.
  look(isAway = this.isAway) {
    this.isAway = isAway;
    if (this.isAway || document.hidden || !this.missed.size) return;
    this.missed.clear();
    setTimeout(() => this.missed.size || this.publish((this.newFrom = "")), READ_MS);
    this.publish();
  }

  submit(body) {
    this.notice = body.trim() ? "" : "Write something first.";
    if (this.notice) return this.publish();
    if (this.high !== LIVE) ask(this.names.page, { toward: "newest", low: 0, high: 0, at: 0 });
    this.outbox.add(body, this.answering);
    this.wroteAt = 0;
    this.reply("");
  }

  // Kept beside the draft, which is of no use without it.
  reply(id) {
    keep(`answer ${this.slug}`, id);
    this.publish((this.answering = id));
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
    this.rows.set(id, { ...this.rows.get(id), taken: false });
    this.publish();
  }

  // Why the newest message was not sent, as long as it is there.
  error() {
    return this.notice || (this.snapshot.findLast(({ status }) => status === "failed")?.error ?? "");
  }

  publish() {
    this.forget();
    if (this.missed.size) [this.newFrom] = this.missed;
    titleWith(this.missed.size);
    const shown = inPlace([...this.rows.values()].filter((row) => !isGone(row) || row.taken || row.stub));
    const kept = shown.slice(-MAX_ROWS);
    if (shown.length > MAX_ROWS) this.low = placeOf(kept.find(placeOf));
    const waiting = this.outbox.rows().map((row) => ({ ...row, ...this.me(), ...this.quotes.of(row.reply, this.rows) }));
    const rows = kept.map((row) => decorate(row, this.sent.get(row.id), this.wanted));
    Object.assign(this, this.quotes.of(this.answering, this.rows));
    const ids = this.names ? this.quotes.missing([this.answering, ...[...kept, ...waiting].map(({ reply }) => reply)], this.rows) : [];
    if (ids.length && connection.isLive) ask(this.names.quotes, { ids });
    this.snapshot = byDay([...rows, ...waiting]);
    this.notify();
  }

  // Rows outside of the part that is shown: a tab may stay open for weeks, or go back a hundred pages.
  forget() {
    for (const [id, row] of this.rows) {
      const place = placeOf(row);
      if (place === 0 || (place >= this.low && place < this.high)) continue;
      this.rows.delete(id);
      this.requests.delete(this.sent.get(id));
      this.sent.delete(id);
      this.own.delete(id);
    }
  }

  me() {
    const { username_rx_state_: author, tag_rx_state_: tag = "" } = this.store?.getSnapshot(this.names.identity) ?? {};
    return author ? { author, tag: "" } : { author: "demo", tag };
  }

  // As the server names its visitor, empty until that is known.
  label() {
    const { author, tag } = this.me();
    return author === "demo" && !tag ? "" : `${author} ${tag}`.trim();
  }

  isMine({ author, tag }) {
    return this.label() === `${author} ${tag}`.trim();
  }
}

const decorated = new WeakMap();
// A row keeps its element while it is confirmed. Only for rows of this tab: others' client ids may collide.
const decorate = (row, cid, { id, turn }) => {
  const quote = row.reply ? room.quotes.of(row.reply, room.rows) : {};
  const own = room.own.get(row.id) ?? "";
  const stub = row.stub && !row.taken;
  const request = room.requests.get(cid) ?? "";
  const wanted = id === row.id ? turn : 0;
  const more = { key: cid ?? row.id, own, stub, mine: room.isMine(row), fresh: row.id === room.newFrom, wanted, request, ...quote };
  const before = decorated.get(row);
  // The same object as long as all of it is the same: React then has nothing to do for it.
  if (before && Object.keys(more).every((name) => before[name] === more[name])) return before;
  decorated.set(row, { status: "visible", late: 0, error: "", waits: "", ...row, ...more });
  return decorated.get(row);
};

const titleWith = (count) => {
  const title = globalThis.document?.title ?? "";
  const wanted = (count ? `(${count}) ` : "") + title.replace(/^\(\d+\) /, "");
  if (wanted !== title) document.title = wanted;
};

export const room = new Room();

export const useRoom = hookOf(room, { error: () => room.error(), waiting: () => room.snapshot.some(({ waits }) => waits === "connection") });
export const submitMessage = (form) => room.submit(String(form.body ?? ""));
export const typedMessage = (text) => {
  if (room.notice) room.set({ notice: "" });
  // A signal that waits for a connection would come when nobody writes any more.
  if (!text.trim() || !connection.isLive || Date.now() - room.wroteAt < WRITES_MS) return;
  room.wroteAt = Date.now();
  ask(room.names.write, {});
};
export const readTo = (isAtEnd) => room.look(!isAtEnd);
export const answerMessage = (id) => {
  room.reply(id);
  if (id) document.querySelector("[data-testid=chat-input]")?.focus();
};
export const reactTo = (id, sign) => ask(room.names.react, { id, sign, given: !room.own.get(id)?.includes(sign) });
// The new text of a message stays with what it said until then: beside another text it is of no use.
export const editOf = (id, body) => (kept(`edit ${id}`)?.[0] === body ? kept(`edit ${id}`)[1] : body);
export const keepsEdit = (id, body) => ({ target }) => keep(`edit ${id}`, [body, target.value]);
export const forgetEdit = (id) => keep(`edit ${id}`, null);
export const copyLink = async (id) => {
  room.set({ copied: (await copyText(`${location.origin}/chat/${room.slug}/${id}`)) ? id : "" });
  setTimeout(() => room.set({ copied: "" }), READ_MS);
};

// Back online or back in view: frames may have been missed without any sign of it.
if (typeof window !== "undefined") {
  const check = () => {
    room.look();
    if (room.names && room.slug && !document.hidden) ask(room.names.repair, { after: room.revisions.last });
  };
  window.addEventListener("online", check);
  document.addEventListener("visibilitychange", check);
  const isInView = (row) => row.getBoundingClientRect().bottom > row.parentElement.getBoundingClientRect().top;
  window.addEventListener("pagehide", () => {
    const first = room.isAway && [...document.querySelectorAll("[data-message-id]")].find(isInView);
    keep("place", first ? { room: room.slug, id: first.dataset.messageId } : null);
  });
}
