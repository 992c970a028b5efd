// In the browser because answers and times are there. Figures mean what they mean in domain/burst/receipt.py.
const WIDTHS_S = [0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10];
const MOST_POINTS = 40;
const MICRO = 1e6;
const TOO_MANY = 429;

const isAnswered = (status) => status >= 200 && status < 300;

/** `part` (0 to 1) of sorted values lies at or below the result, as NumPy interpolates it. */
const quantile = (sorted, part) => {
  const at = part * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
};

const percentiles = (microseconds) => {
  if (microseconds.length === 0) return { p50: null, p95: null, p99: null };
  const sorted = Float64Array.from(microseconds).sort();
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => quantile(sorted, part) / 1000);
  return { p50, p95, p99 };
};

export class Tally {
  answers = []; // [n, request id or null, status, started µs, duration µs, cause, late µs, bytes, queued µs, server µs]
  classes = {}; // of statuses: how many 2xx there were
  answered = 0;
  refused = 0;
  failed = 0;
  cancelled = 0; // under way when the load was stopped
  sent = 0;
  skipped = 0; // not sent, because it was due for too long: in an open loop
  open = 0;
  elapsed = 0; // ms; once the load is over from its first start to its last end
  stopped = "";
  arrived = new Set(); // request ids that came over the live feed
  lastArrival = 0;

  take({ fresh, sent, open, elapsed, stopped, over, waits = [], skipped = 0 }) {
    for (const answer of fresh) this.count(answer[2], answer[5]);
    this.answers.push(...fresh);
    const waited = new Map(waits);
    if (over) for (const answer of this.answers) if (waited.has(answer[0])) answer[8] = Math.min(waited.get(answer[0]), answer[4]);
    this.skipped = skipped;
    Object.assign(this, { sent, open, elapsed: over ? this.lasted() : elapsed, stopped });
  }

  lasted() {
    const first = this.answers.reduce((earliest, answer) => Math.min(earliest, answer[3]), Infinity);
    const last = this.answers.reduce((latest, answer) => Math.max(latest, answer[3] + answer[4]), first);
    return this.answers.length > 0 ? (last - first) / 1000 : 0;
  }

  count(status, cause) {
    if (cause === "cancelled") return this.cancelled++;
    const name = status === 0 ? "none" : `${Math.floor(status / 100)}xx`;
    this.classes[name] = (this.classes[name] ?? 0) + 1;
    if (isAnswered(status)) this.answered++;
    else if (status === TOO_MANY) this.refused++;
    else this.failed++;
  }

  arrive(rows) {
    const before = this.arrived.size;
    for (const row of rows) if (row.path.startsWith("/api/burst/")) this.arrived.add(row.request_id);
    if (this.arrived.size > before) this.lastArrival = performance.now();
  }

  isPushed = (answer) => answer[1] !== null && this.arrived.has(answer[1]);

  /** Answers whose request the live feed has not shown yet, though it should. */
  awaited() {
    return this.answers.filter((answer) => answer[1] && answer[2] !== 0 && !this.arrived.has(answer[1])).length;
  }

  /** How many ended in equal stretches of time, few enough to draw, and percentiles of those that were answered. */
  points() {
    const seconds = this.elapsed / 1000;
    const width = WIDTHS_S.find((candidate) => seconds / candidate <= MOST_POINTS) ?? seconds / MOST_POINTS;
    const stretches = Array.from({ length: Math.ceil(seconds / width) || 0 }, () => ({ ended: 0, times: [] }));
    for (const [, , status, started, took] of this.answers) {
      const at = Math.floor((started + took) / MICRO / width);
      const stretch = stretches[Math.min(at, stretches.length - 1)];
      if (!stretch) continue;
      stretch.ended++;
      if (isAnswered(status)) stretch.times.push(took);
    }
    return stretches.map(({ ended, times }, index) => {
      const from = index * width;
      const lasted = Math.min(width, seconds - from); // the newest one is still going on
      return { at_s: from, rate: lasted > width / 4 ? ended / lasted : null, ...percentiles(times) };
    });
  }

  reading() {
    const { sent, open, answered, refused, failed, cancelled, classes, elapsed } = this;
    const times = this.answers.filter((answer) => isAnswered(answer[2])).map((answer) => answer[4]);
    const ended = this.answers.length;
    return {
      sent, open, answered, refused, failed, cancelled, ended,
      classes: { ...classes },
      elapsed_s: elapsed / 1000,
      rate: elapsed > 0 ? (answered * 1000) / elapsed : 0,
      pushed: this.answers.filter(this.isPushed).length,
      points: this.points(),
      ...percentiles(times),
    };
  }
}
