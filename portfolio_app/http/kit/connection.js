// In the browser because the server can't tell that it is not reached: the tab asks whether it is, and why not.
import { useSyncExternalStore } from "react";
import { Socket } from "socket.io-client";
import { eventLoop, useStateContext } from "$/utils/context-registry";
import { Store } from "$/public/js/store.js";

const SILENCE_MS = 20_000; // the server itself pings every 25 s
const ANSWER_MS = 3_000;
const OPENED_MS = 6_000; // how long opening a websocket may take
const LOOKS = 2; // so often it may be seen open, or opening, without its handshake: the library waits for that as long as it takes
const JITTER_MS = 400; // times the failures in a row: the tabs of a restarted server come back one by one
const PATIENCE_MS = 7_000;
const SHOWN_MS = 8_000;
const ASKED_MS = 3_000; // with both it says why after ten seconds at the latest
const marks = globalThis.document?.documentElement.dataset ?? {};

class Connection extends Store {
  socket = null;
  connected = false;
  everLive = false; // Reflex clears its own flag during every navigation inside the page; the socket stays up
  failures = 0;
  heardAt = 0;
  probing = false;
  opened = [null, 0]; // the engine that has not shaken hands, and how often it was seen so
  explaining = null;
  address = ""; // of the stream that is open instead
  reason = ""; // why there is no connection, in a word and in words
  words = "";
  storage = marks.storage ?? "";
  zone = marks.zone ?? "";

  state() {
    if (!navigator.onLine) return "offline";
    if (this.connected && this.everLive) return "live";
    if (["websocket", "origin"].includes(this.reason)) return "blocked";
    return this.everLive ? "reconnecting" : "connecting";
  }

  get isLive() {
    return this.state() === "live";
  }

  watched = this.subscribe(() => {
    if (this.isLive) {
      this.explaining = clearTimeout(this.explaining) ?? null;
      Object.assign(this, { reason: "", words: "" });
    } else {
      this.explaining ??= setTimeout(() => this.explain(), PATIENCE_MS);
    }
    if ((marks.line ?? "") !== this.reason) marks.line = this.reason; // a change has the whole page styled again
    this.readPlainly();
  });

  // Where no websocket can be had, frames come by a plain stream to a tab in view: a session may open few. A refused one is tried again.
  readPlainly() {
    const address = this.reason === "websocket" && !document.hidden ? `/api/stream?page=${encodeURIComponent(location.pathname)}` : "";
    if (this.address === address && this.stream?.readyState !== 2) return;
    this.stream?.close();
    this.stream = (this.address = address) ? new EventSource(address) : null;
    this.stream?.addEventListener("update", ({ data }) => {
      const [event, update] = JSON.parse(data.slice(data.indexOf("[")));
      this.socket.listeners(event).forEach((use) => use(update));
    });
  }

  async explain() {
    const asked = fetch(`/api/connection?at=${location.origin}`, { signal: AbortSignal.timeout?.(ASKED_MS) });
    const found = await asked.then((answer) => answer.json()).catch(() => ({ reason: "unreachable", words: "" }));
    this.explaining = null;
    this.set(found);
  }

  // Reflex has its one socket in a closure, from which its own `reconnect` helper leads to the retries.
  adopt(socket) {
    const { io: manager, reconnect } = socket;
    this.socket = socket;
    document.querySelector("[data-undrawn]")?.remove(); // what the document said until the page was drawn
    manager.timeout(OPENED_MS);
    // Reflex closes it before a page is left; where that was a link to a mail program or a download, the page stays.
    socket.disconnect = () => (globalThis.event?.type === "beforeunload" ? socket : Socket.prototype.disconnect.call(socket));
    socket.reconnect = () => setTimeout(reconnect, this.failures * JITTER_MS * Math.random());
    for (const event of ["open", "ping", "packet"]) manager.on(event, () => (this.heardAt = Date.now()));
    socket.on("connect", () => this.set({ connected: true, failures: 0 }));
    socket.on("disconnect", () => this.set({ connected: false }));
    socket.on("connect_error", () => this.set({ connected: false, failures: Math.min(this.failures + 1, 8) }));
  }

  // Any other frame proves too little: a line may be cut in one direction only.
  probe() {
    const { socket } = this;
    if (this.probing || !socket?.connected) return;
    let answered = false;
    const end = () => {
      this.probing = false;
      // Closed from this side, so that what it may have swallowed is not waited for; Reflex reconnects at once.
      if (!answered && socket.connected) socket.io.engine.close();
    };
    this.probing = true;
    socket.emit("ping", () => (answered = true));
    setTimeout(() => setTimeout(end), ANSWER_MS); // what has arrived meanwhile is read first
  }

  look() {
    if (Date.now() - this.heardAt > SILENCE_MS) this.probe();
    const engine = this.connected ? null : this.socket?.io.engine;
    const looks = engine === this.opened[0] ? this.opened[1] + 1 : 0;
    this.opened = [engine, looks];
    if (engine && looks >= LOOKS) [engine.emit("error", new Error("no handshake")), engine.close()];
  }

  // Events that wait in socket.io for a connection are not sent any more.
  withdraw(isMeant) {
    if (this.socket) this.socket.sendBuffer = this.socket.sendBuffer.filter(({ data }) => !isMeant(data[1]));
  }
}

// A page that changes under `make dev` keeps its socket, and so the one that knows it.
const kept = import.meta.hot?.data ?? {};
const isFirst = !kept.connection;
export const connection = (kept.connection ??= new Connection());

export const useConnection = (rootState) => {
  const hydrated = useStateContext(rootState)?.is_hydrated_rx_state_;
  if (hydrated && !connection.everLive) queueMicrotask(() => connection.set({ everLive: true }));
  return useSyncExternalStore(connection.subscribe, () => connection.state(), () => "connecting");
};

export const useObstacle = (name) => useSyncExternalStore(connection.subscribe, () => connection[name], () => "");

if (typeof window !== "undefined" && isFirst) {
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function () {
    if (connection.socket !== this) connection.adopt(this);
    this.off("state_mismatch"); // Reflex would reload at once: a tab moves when its visitor pauses (moving.jsx)
    return connect.call(this);
  };
  connection.notify();
  window.addEventListener("offline", () => connection.notify());
  window.addEventListener("online", () => {
    connection.notify();
    if (!connection.connected) connection.socket?.reconnect?.();
    connection.probe();
  });
  document.addEventListener("visibilitychange", () => [document.hidden || connection.probe(), connection.readPlainly()]);
  // A form that works without it is sent by the browser itself. Of what else is pressed the notice says why it waits.
  addEventListener("submit", (event) => connection.reason === "websocket" && "plainly" in event.target.dataset && event.stopPropagation(), true);
  let [queue, shown] = [eventLoop.addEvents];
  const add = (events, ...more) => {
    if (!connection.isLive && navigator.userActivation?.isActive && events.some(({ name }) => name?.startsWith("reflex"))) {
      marks.pressed = "";
      if (!navigator.onLine) connection.explain();
      shown = clearTimeout(shown) ?? setTimeout(() => delete marks.pressed, SHOWN_MS);
    }
    return queue(events, ...more);
  };
  Object.defineProperty(eventLoop, "addEvents", { get: () => add, set: (real) => (queue = real) });
  setInterval(() => connection.look(), SILENCE_MS / 4);
}
