// Runs the burst's worker by a clock that passes at once, against a server that stands still for a while.
import { readFileSync } from "node:fs";

const { worker, order, service_ms: service, stall } = JSON.parse(readFileSync(0, "utf8"));
const settled = globalThis.setImmediate;

let now = 0;
let numbered = 0;
const timers = new Map();
const at = (time, call, every = 0) => (timers.set(++numbered, { time, call, every }), numbered);
globalThis.setTimeout = (call, ms) => at(now + Math.max(ms, 0), call);
globalThis.setInterval = (call, ms) => at(now + ms, call, ms);
globalThis.clearTimeout = globalThis.clearInterval = (id) => timers.delete(id);
Object.defineProperty(globalThis, "performance", { value: { now: () => now } });
globalThis.PerformanceObserver = class {
  observe() {}
  takeRecords = () => [];
};

globalThis.fetch = (address) =>
  new Promise((done) => {
    const free = now >= stall[0] && now < stall[1] ? stall[1] : now;
    const id = Number(address.split("?n=")[1]).toString(16).padStart(32, "0");
    const headers = new Headers({ "x-request-id": id, "server-timing": "app;dur=1.0" });
    at(free + service, () => done({ status: 200, headers, arrayBuffer: async () => new ArrayBuffer(7) }));
  });

const answers = [];
let end = null;
globalThis.postMessage = ({ fresh, over, ...rest }) => {
  answers.push(...fresh);
  if (over) end = rest;
};

await import(worker);
globalThis.onmessage({ data: order });
while (!end) {
  await new Promise(settled);
  const [id, next] = [...timers].reduce((first, other) => (other[1].time < first[1].time ? other : first), [0, { time: Infinity }]);
  if (next.time === Infinity || end) continue;
  timers.delete(id);
  now = next.time;
  if (next.every) timers.set(id, { ...next, time: now + next.every });
  next.call();
}
process.stdout.write(JSON.stringify({ answers, skipped: end.skipped }));
