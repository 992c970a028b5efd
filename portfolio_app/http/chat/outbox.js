// In the browser because only it knows what its visitor wrote and no server has confirmed yet.
import { connection } from "$/public/js/connection.js";
import { keep, kept } from "$/public/js/store.js";

const UNANSWERED_MS = 3_000;
const GIVEN_UP_MS = 15_000;
const OFFLINE_MS = 14_000;
const LOOK_MS = 1_000;
const KEPT = "outbox";
const NO_ANSWER = "No answer came. Retry sends the same message once more, never a second one.";
const OFFLINE = "You are offline. It goes out only if you send it again.";

const newClientId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
};

// An entry is queued, then sent, then stored (until its row is here) or failed. It is sent only over a connection
// that is there, so no queue but this one ever holds it; one that lost its answer with its connection is queued
// again, under its id. A guest's entries become those of the member they sign in as; what is `of` a member is nobody
// else's to see or send. One is on its way at a time: they arrive in order and, where the server says so, at its pace.
export class Outbox {
  entries = new Map(Object.entries(kept(KEPT) ?? {}).filter(([, entry]) => typeof entry?.body === "string"));
  room = null;
  member = ""; // as far as is known; empty for a guest

  // `send` hands a message to the server, `withdraw` tells it of one that was discarded; `writer` says who writes.
  constructor(room) {
    Object.assign(this, room);
    for (const entry of this.entries.values()) if (!["failed", "discarded"].includes(entry.status)) entry.status = "queued";
    connection.subscribe(() => this.goOn());
  }

  here(...statuses) {
    const isHere = ({ room, status, of }) => room === this.room && statuses.includes(status) && (!of || of === this.member);
    return [...this.entries].filter(([, entry]) => isHere(entry));
  }

  // Without a room nothing is sent; what was written before the first was known belongs to that one.
  enter(room) {
    this.room = room;
    if (room) this.entries.forEach((entry) => (entry.room ??= room));
    this.goOn();
  }

  // Whose the tab is now: a session that has ended may be begun again, but who has signed out is gone.
  belong(member, isCertain) {
    this.member = member;
    for (const [cid, entry] of this.entries) {
      if (isCertain && entry.of && entry.of !== member) this.entries.delete(cid);
      entry.of ||= member;
    }
    this.goOn();
  }

  add(body, reply = "") {
    const now = Date.now();
    const entry = { room: this.room, body, reply, by: this.writer(), of: this.member, at: now, since: now, status: "queued", error: "" };
    this.entries.set(newClientId(), entry);
    this.goOn();
  }

  retry(cid) {
    Object.assign(this.entries.get(cid) ?? {}, { status: "queued", error: "", since: Date.now(), due: 0, by: this.writer() });
    this.goOn();
  }

  // Final: it is withdrawn from whatever has it or may send it yet, as a tab that began as a copy of this one.
  discard(cid) {
    connection.withdraw((event) => event?.payload?.client_id === cid);
    Object.assign(this.entries.get(cid) ?? {}, { status: "discarded" });
    this.goOn();
  }

  // Whether the message of a row that is here was one of these.
  confirm(cid) {
    const found = this.entries.get(cid)?.status !== "discarded" && this.entries.delete(cid);
    if (found) this.goOn();
    return found;
  }

  answer({ cid, error, retry_after }) {
    const entry = this.entries.get(cid);
    if (!entry || entry.status === "discarded") return;
    if (!error) entry.status = "stored";
    else if (retry_after) Object.assign(entry, { status: "queued", due: Date.now() + retry_after * 1000 });
    else Object.assign(entry, { status: "failed", error });
    this.goOn();
  }

  goOn() {
    clearTimeout(this.timer);
    const pause = this.step();
    if (pause !== undefined) this.timer = setTimeout(() => this.goOn(), pause);
    keep(KEPT, Object.fromEntries(this.entries));
    this.changed();
  }

  // Does what is due; the milliseconds until something may be.
  step() {
    const now = Date.now();
    const { isLive } = connection;
    for (const [cid] of isLive ? this.here("discarded") : []) {
      this.withdraw(cid);
      this.entries.delete(cid);
    }
    const waiting = this.here("queued", "sent");
    if (waiting.length === 0) return undefined;
    const [[cid, first]] = waiting;
    if (!isLive) return this.hold(waiting, now);
    if (first.status === "sent") return this.await(first, now - first.sentAt);
    if (first.due > now) return first.due - now;
    Object.assign(first, { status: "sent", sentAt: now });
    const { body, reply: reply_to = "", by: written_as = "" } = first;
    this.send({ room: this.room, client_id: cid, body, reply_to, written_as });
    return UNANSWERED_MS;
  }

  hold(waiting, now) {
    for (const [, entry] of waiting) {
      entry.status = "queued";
      if (connection.state() !== "offline") entry.since = now;
      else if (now - entry.since >= OFFLINE_MS) Object.assign(entry, { status: "failed", error: OFFLINE });
    }
    return LOOK_MS;
  }

  await(entry, passed) {
    if (passed < UNANSWERED_MS) return UNANSWERED_MS - passed;
    connection.probe();
    if (passed < GIVEN_UP_MS) return GIVEN_UP_MS - passed;
    Object.assign(entry, { status: "failed", error: NO_ANSWER });
    return 0;
  }

  // Its rows, as the room shows them: `waits` says for what, if it is not just under way.
  rows() {
    const { isLive } = connection;
    const isPaced = this.here("queued", "sent")[0]?.[1].due > Date.now();
    return this.here("queued", "sent", "stored", "failed").map(([cid, { body, reply, at, status, error, due }]) => ({
      key: cid, id: "", rev: 0, cid, body, reply, at, error, request: "",
      status: status === "failed" ? status : "sending",
      waits: status !== "queued" ? "" : isLive ? (isPaced ? "turn" : "") : "connection",
    }));
  }
}
