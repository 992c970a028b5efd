// In the browser because the load has to come from there: in a worker, so that a busy page delays no clock.
const REPORT_MS = 100;
const PATIENCE = 64; // requests in a row without any answer after which the server counts as gone
const REFUSED_TICKET = 403;

const micro = (milliseconds) => Math.round(milliseconds * 1000);

/** `workers` loops that each send the next request as soon as their last one is answered. */
class Load {
  next = 0;
  open = 0;
  silent = 0;
  stopped = ""; // why no more is sent: cancelled, ticket, time or server
  fresh = []; // answers not yet reported
  stopper = new AbortController();

  constructor(order) {
    this.order = order;
    this.zero = performance.now();
  }

  async send() {
    const reporting = setInterval(() => this.report(), REPORT_MS);
    const ending = setTimeout(() => this.stop("time"), this.order.lasts_ms);
    await Promise.all(Array.from({ length: this.order.workers }, () => this.work()));
    clearInterval(reporting);
    clearTimeout(ending);
    this.report({ over: true });
  }

  async work() {
    while (this.next < this.order.size && !this.stopped) await this.ask(this.next++);
  }

  async ask(n) {
    const { address, method, headers } = this.order;
    const began = performance.now();
    let id = null;
    let status = 0;
    this.open++;
    try {
      const answer = await fetch(`${address}?n=${n}`, { method, headers, signal: this.stopper.signal, cache: "no-store" });
      id = answer.headers.get("x-request-id");
      await answer.arrayBuffer();
      status = answer.status;
    } catch {
      // No answer, or one cut short: status 0 says so.
    }
    this.open--;
    this.fresh.push([n, id, status, micro(began - this.zero), micro(performance.now() - began)]);
    this.judge(status);
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

  report({ over = false } = {}) {
    const { fresh, next: sent, open, stopped } = this;
    this.fresh = [];
    const elapsed = performance.now() - this.zero;
    postMessage({ fresh, sent, open, stopped, elapsed, over });
  }
}

let load = null;

onmessage = ({ data }) => {
  if (data.cancel) return load?.stop("cancelled");
  load = new Load(data);
  load.send();
};
