// In the browser because the server can't tell that it is not reached: the tab asks it, and reconnects by itself.
import { useSyncExternalStore } from "react";
import { Socket } from "socket.io-client";
import { useStateContext } from "$/utils/context-registry";
import { Store } from "$/public/js/store.js";

const SILENCE_MS = 20_000; // the server itself pings every 25 s
const ANSWER_MS = 3_000;
const OPENED_MS = 6_000; // how long opening a websocket may take
const REFUSALS = 3; // in a row, before it is asked whether plain HTTP gets through
const JITTER_MS = 400; // times the failures in a row: the tabs of a restarted server come back one by one

class Connection extends Store {
  socket = null;
  connected = false;
  everLive = false; // Reflex clears its own flag during every navigation inside the page; the socket stays up
  passed = 0; // how often in a row plain HTTP got through where no websocket did
  failures = 0;
  heardAt = 0;
  probing = false;

  state() {
    if (!navigator.onLine) return "offline";
    if (this.connected && this.everLive) return "live";
    if (this.passed > 1) return "blocked";
    return this.everLive ? "reconnecting" : "connecting";
  }

  // Reflex has its one socket in a closure, from which its own `reconnect` helper leads to the retries.
  adopt(socket) {
    const { io: manager, reconnect } = socket;
    this.socket = socket;
    manager.timeout(OPENED_MS);
    socket.reconnect = () => setTimeout(reconnect, this.failures * JITTER_MS * Math.random());
    ["open", "ping", "packet"].forEach((event) => manager.on(event, () => (this.heardAt = Date.now())));
    socket.on("connect", () => this.set({ connected: true, passed: 0, failures: 0 }));
    socket.on("disconnect", () => this.set({ connected: false }));
    socket.on("connect_error", (error) => this.refused(error));
  }

  async refused(error) {
    this.set({ connected: false, failures: Math.min(this.failures + 1, 8) });
    if (this.failures < REFUSALS && error.message !== "timeout") return;
    const answer = await fetch("/api/live", { cache: "no-store" }).catch(() => null);
    if (!this.connected) this.set({ passed: answer?.ok ? this.passed + 1 : 0 });
  }

  // Any other frame proves too little: a line may be cut in one direction only.
  probe = () => {
    const { socket } = this;
    if (!socket?.connected) return socket?.reconnect?.();
    if (this.probing) return;
    let answered = false;
    const end = () => {
      this.probing = false;
      // Closed by its owner, so that what it may have swallowed is not waited for; Reflex reconnects at once.
      if (!answered && socket.connected) socket.io.engine.close();
    };
    this.probing = true;
    socket.emit("ping", () => (answered = true));
    setTimeout(() => setTimeout(end, 0), ANSWER_MS); // what has arrived meanwhile is read first
  };

  // What waits in socket.io for a connection is not sent any more.
  withdraw(isMeant) {
    if (this.socket) this.socket.sendBuffer = this.socket.sendBuffer.filter(({ data }) => !isMeant(data[1]));
  }
}

export const connection = new Connection();

export const useConnection = (rootState) => {
  const hydrated = useStateContext(rootState)?.is_hydrated_rx_state_;
  if (hydrated && !connection.everLive) queueMicrotask(() => connection.set({ everLive: true }));
  return useSyncExternalStore(connection.subscribe, () => connection.state(), () => "connecting");
};

if (typeof window !== "undefined") {
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function () {
    if (connection.socket !== this) connection.adopt(this);
    return connect.call(this);
  };
  window.addEventListener("offline", () => connection.notify());
  window.addEventListener("online", () => {
    connection.notify();
    connection.probe();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") connection.probe();
  });
  setInterval(() => {
    if (Date.now() - connection.heardAt > SILENCE_MS) connection.probe();
  }, SILENCE_MS / 4);
}
