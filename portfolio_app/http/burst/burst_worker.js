// In the browser because the load has to come from there: in a worker, so that a busy page delays no clock.
const REPORT_MS = 100;
const LATEST_MS = 2_000; // after its intended start; the terminal's is the same
const LOOK_MS = 250; // at most until the load is seen to be stopped
const PATIENCE = 64; // requests in a row without any answer after which the server counts as gone
const REFUSED_TICKET = 403;

const micro = (milliseconds) => Math.round(milliseconds * 1000);
const serverTime = (answer) => micro(Number(/^app;dur=([\d.]+)$/.exec(answer.headers.get("server-timing"))?.[1] ?? NaN)) || null;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** When request `n` of an open loop is due, in ms; a ramp comes up to its rate in 8 steps, as in domain/burst/ramp.py. */
const dueAt = (n, { size, rate, rising }) => {
  if (!rising) return (n * 1000) / rate;
  let step = 1;
  while (n >= (size * step * (step + 1)) / 72) step++;
  return (1000 * ((step - 1) * size * 8 / 36 + (n - (size * step * (step - 1)) / 72) * 8 / step)) / rate;
};

/** `workers` loops that each send the next request as soon as their last one is answered; in an open loop, with a
 *  `rate`, not before it is due. What is due for too long is not sent, and counted. */
class Load {
  next = 0;
  sent = 0;
  open = 0;
  silent = 0;
  stopped = ""; // why no more is sent: cancelled, ticket, time or server
  skipped = 0; // in an open loop
  fresh = []; // answers not yet reported
  waits = []; // [n, µs until it was sent], as the browser says
  watch = new PerformanceObserver((list) => this.time(list.getEntries()));
  stopper = new AbortController();

  constructor(order) {
    this.order = order;
    this.zero = performance.now();
  }

  async send() {
    this.watch.observe({ type: "resource" });
    const reporting = setInterval(() => this.report(), REPORT_MS);
    const ending = setTimeout(() => this.stop("time"), this.order.lasts_ms);
    await Promise.all(Array.from({ length: this.order.workers }, () => this.work()));
    clearInterval(reporting);
    clearTimeout(ending);
    this.time(this.watch.takeRecords());
    this.report({ over: true, waits: this.waits, skipped: this.skipped });
  }

  async work() {
    while (this.next < this.order.size && !this.stopped) {
      const n = this.next++;
      const due = this.order.rate ? this.zero + dueAt(n, this.order) : 0;
      while (due > performance.now() && !this.stopped) await pause(Math.min(due - performance.now(), LOOK_MS));
      if (this.stopped) return;
      if (due && performance.now() - due > LATEST_MS) this.skipped++;
      else await this.ask(n, due);
    }
  }

  async ask(n, due) {
    const { address, method, headers } = this.order;
    const began = performance.now();
    const late = due ? began - due : 0;
    let id = null;
    let status = 0;
    let length = 0;
    let server = null; // µs, as the server says
    let cause = "";
    this.open++;
    this.sent++;
    try {
      const answer = await fetch(`${address}?n=${n}`, { method, headers, signal: this.stopper.signal, cache: "no-store" });
      id = answer.headers.get("x-request-id");
      server = serverTime(answer);
      length = (await answer.arrayBuffer()).byteLength;
      status = answer.status;
    } catch {
      cause = this.stopper.signal.aborted ? "cancelled" : id ? "cut short" : "network";
    }
    this.open--;
    this.fresh.push([n, id, status, micro(began - this.zero), micro(performance.now() - began), cause, micro(late), length, null, server]);
    this.judge(status);
  }

  // The six connections of a browser: how long a request waited for one of them.
  time(entries) {
    for (const { name, startTime, requestStart } of entries)
      if (requestStart > 0) this.waits.push([Number(name.split("?n=")[1]), micro(requestStart - startTime)]);
  }

  judge(status) {
    this.silent = status === 0 ? this.silent + 1 : 0;
    if (this.stopped) return;
    if (status === REFUSED_TICKET) this.stopped = "ticket";
    else if (this.silent >= PATIENCE) this.stop("server");
  }

  stop(why) {
    this.stopped ||= why;
    this.stopper.abort();
  }

  report({ over = false, ...end } = {}) {
    const { fresh, sent, open, stopped } = this;
    this.fresh = [];
    const elapsed = performance.now() - this.zero;
    postMessage({ fresh, sent, open, stopped, elapsed, over, ...end });
  }
}

let load = null;

onmessage = ({ data }) => {
  if (data.cancel) return load?.stop("cancelled");
  load = new Load(data);
  load.send();
};
