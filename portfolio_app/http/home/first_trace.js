// In the browser because only it knows when it painted: it sends its own clocks, and shows whichever trace comes back.
import { drawSoon } from "$/public/js/beat.js";
import { logRowsIn, networkRowsIn } from "$/public/js/frames.js";
import { Store, ask, follow, hookOf } from "$/public/js/store.js";

const GATHER_MS = 200; // steps of a request come in small groups
const POST = "chat.send";

const microseconds = (ms) => Math.max(0, Math.round((ms ?? 0) * 1000));
const seenAt = (ms) => (ms <= hiddenAt ? microseconds(ms) : 0);
const loadedAt = globalThis.location?.pathname;
let largest = 0;
let isLoad = true; // until the page is left: what is opened inside of it was not navigated to
let hiddenAt = globalThis.document?.hidden ? 0 : Infinity; // what is painted later has waited for the visitor, not for the page
globalThis.document?.addEventListener("visibilitychange", () => (hiddenAt = Math.min(hiddenAt, performance.now())));

const clocks = () => {
  const [page] = performance.getEntriesByType("navigation");
  if (!page || !isLoad || loadedAt !== location.pathname) return {};
  const scripts = performance.getEntriesByType("resource").filter(({ name, startTime }) => startTime < first.heard && new URL(name).pathname.endsWith(".js"));
  return {
    document: page.serverTiming?.find(({ name }) => name === "trace")?.description ?? "",
    requested: microseconds(page.requestStart),
    answered: microseconds(page.responseStart),
    received: microseconds(page.responseEnd),
    scripts: scripts.length,
    scripts_from: microseconds(Math.min(...scripts.map(({ startTime }) => startTime), page.responseEnd)),
    scripts_to: microseconds(Math.max(0, ...scripts.map(({ responseEnd }) => responseEnd))),
    painted: seenAt(performance.getEntriesByName("first-contentful-paint")[0]?.startTime),
    largest: seenAt(largest),
  };
};

class FirstTrace extends Store {
  trace = null;
  opened = ""; // the request of this page's reads
  heard = 0; // when their answer was here
  wanted = ""; // the request of the newest message; the arrival until there is one

  attach(states, names) {
    Object.assign(this, { states, names, trace: null, wanted: "" });
    this.frame = states.getSnapshot(names.log);
    const paints = new PerformanceObserver((list) => {
      largest = list.getEntries().at(-1).startTime;
      if (this.opened && !this.wanted) drawSoon(this.askArrival, performance.now(), GATHER_MS);
    });
    paints.observe({ type: "largest-contentful-paint", buffered: true });
    const stop = follow(states, [names.state, names.feed, names.log], () => this.read());
    return () => {
      isLoad = false;
      paints.disconnect();
      stop();
    };
  }

  read() {
    const [state, feed, frame] = ["state", "feed", "log"].map((name) => this.states.getSnapshot(this.names[name]) ?? {});
    this.once("opened", state.opened_rx_state_, (opened) => {
      if (this.trace) return; // a line that was lost and found is no arrival
      Object.assign(this, { opened, heard: performance.now() });
      drawSoon(this.askArrival, performance.now(), GATHER_MS);
    });
    const { trace_rx_state_: trace } = feed;
    if (trace && trace.request_id === (this.wanted || this.opened)) this.set({ trace });
    if (frame !== this.frame) this.find((this.frame = frame));
  }

  find({ requests_rx_state_: requests, arrivals_rx_state_: rows }) {
    const post = networkRowsIn(requests).findLast(({ path, status }) => path === POST && status < 400);
    const isNews = post && post.request_id !== this.wanted;
    if (isNews) this.wanted = post.request_id;
    const isLonger = logRowsIn(rows).some(({ request_id }) => request_id === this.wanted);
    if (isNews || isLonger) drawSoon(this.askMessage, performance.now(), GATHER_MS);
  }

  askMessage = () => ask(this.names.message, { request_id: this.wanted });

  askArrival = () => {
    const heard = microseconds(isLoad ? this.heard : 0);
    if (!this.wanted) ask(this.names.arrival, { document: "", opened: this.opened, heard, ...clocks() });
  };
}

const first = new FirstTrace();
export const useFirstTrace = hookOf(first, {
  about: () => (!first.trace ? "nothing" : first.wanted ? "message" : "arrival"),
});
