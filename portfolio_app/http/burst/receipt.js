// A run's record as it is shown: every figure as text, in the unit that is written beside it.
import { milliseconds, plural, seconds, verdict } from "$/public/js/burst_words.js";

const NONE = "–";
const MODES = { noop: "No-op", read: "Read", write: "Write" };
const LATENCIES = ["p50", "p90", "p95", "p99", "max", "mean"];

const kept = new WeakMap();
const once = (make) => (record) => {
  if (!record) return null;
  if (!kept.has(record)) kept.set(record, make(record));
  return kept.get(record);
};

const moment = (iso) => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

const machineOf = ({ processor, cores, python, server_workers: processes }) =>
  `${processor}, ${plural(cores, "core")}, Python ${python}, ${plural(processes, "server worker")}`;

const latenciesOf = (latency) => Object.fromEntries(LATENCIES.map((name) => [name, milliseconds(latency?.[name])]));

const pointOf = ({ at_s, length_s, answered, refused = 0, failed, p50_ms, p95_ms, p99_ms }) => ({
  at_s, rate: (answered + refused + failed) / length_s, p50: p50_ms, p95: p95_ms, p99: p99_ms,
});

// The last stretch of time ends with its last answer: a rate over its whole length would be too low,
// and one over next to nothing means nothing, beside others.
const pointsOf = ({ timeline, elapsed_s }) =>
  timeline.map((entry, index) => {
    const lasted = index === timeline.length - 1 ? elapsed_s - entry.at_s : entry.length_s;
    const point = pointOf({ ...entry, length_s: Math.min(Math.max(lasted, 0.001), entry.length_s) });
    return index > 0 && lasted < entry.length_s / 4 ? { ...point, rate: null } : point;
  });

const slowOf = ({ n, request_id, ms, status, trace }) => ({
  n, trace,
  id: request_id ?? "",
  took: `${milliseconds(ms)} ms`,
  status: status === 0 ? "no answer" : `${status}`,
});

const headOf = (record) => ({
  run: record.run,
  title: `${MODES[record.mode]}, ${plural(record.size, "request")}, ${plural(record.workers, "worker")}`,
  href: `/runs/${record.run}`,
  started: moment(record.started_at),
  cancelled: record.cancelled,
  balanced: record.balanced,
  mismatch_count: record.mismatch_count ?? 0,
  rps: record.rps.toFixed(record.rps < 100 ? 1 : 0),
  elapsed: seconds(record.elapsed_s),
  ...latenciesOf(record.latency_ms),
});

const MARKED = ["p50", "p95", "p99"];
const marksOf = (latency) => MARKED.flatMap((name) => (latency ? [{ name, ms: latency[name] }] : []));

/** What `components/burst/receipt.py` draws. */
export const receiptView = once((record) => ({
  ...headOf(record),
  ...record.ledgers,
  stored: record.ledgers.stored ?? NONE,
  verdict: verdict(record),
  commit: record.commit,
  machine: machineOf(record.machine),
  mismatches: record.mismatches.map((entry) => ({ ...entry, id: entry.request_id ?? "no request id" })),
  points: pointsOf(record),
  width_s: record.elapsed_s,
  bins: record.histogram,
  marks: marksOf(record.latency_ms),
  statuses: Object.entries(record.statuses).map(([k, v]) => ({ k: k === "0" ? "no answer" : k, v: `${v}` })),
  slowest: record.slowest.map(slowOf),
  failure: record.first_failure ? `Request ${record.first_failure.n} ${record.first_failure.why}.` : "",
}));

const RULE = "No receipt yet. A run balances if sent = answered + refused + failed, and every request id is in every ledger it belongs to.";

/** The same without a record: what the browser has counted so far, and a dash for what only the receipt knows. */
export const blankView = once((shown) => {
  const counted = (names, none) => names.map((name) => [name, shown.size > 0 ? shown[name] : none]);
  return {
    ...Object.fromEntries([...LATENCIES, "rps", "elapsed", "received", "stored"].map((name) => [name, NONE])),
    ...Object.fromEntries([...counted(["sent", "pushed"], NONE), ...counted(["answered", "refused", "failed"], "")]),
    run: "", href: "", balanced: null, verdict: RULE,
  };
});

/** Rows of the list of recent runs. */
export const runsView = once((records) => records.map(headOf));

/** What may be put beside `record`: any other of the `summaries`, and the one that is there, listed or not. */
export const choicesView = (summaries, record, other) => {
  const rows = runsView(summaries).filter(({ run }) => run !== record?.run);
  return !other || rows.some(({ run }) => run === other.run) ? rows : [headOf(other), ...rows];
};

const FIGURES = [
  ["Workload", ({ mode }) => MODES[mode]],
  ["Requests", ({ size }) => size],
  ["Workers", ({ workers }) => workers],
  ...["sent", "answered", "refused", "failed", "received", "stored", "pushed"].map((name) => [
    name[0].toUpperCase() + name.slice(1), ({ ledgers }) => ledgers[name], (count) => String(count ?? NONE),
  ]),
  ["Mismatches", ({ mismatch_count }) => mismatch_count],
  ["Took, s", ({ elapsed_s }) => elapsed_s, seconds],
  ["Requests per second", ({ rps }) => rps, (value) => value.toFixed(0)],
  ...LATENCIES.map((name) => [`${name}, ms`, ({ latency_ms: latency }) => latency?.[name] ?? null, milliseconds]),
  ["Commit", ({ commit }) => commit],
  ["Started", ({ started_at }) => moment(started_at)],
  ["Machine", ({ machine }) => machineOf(machine)],
];

const change = (first, second) => {
  if (!Number.isFinite(first) || !Number.isFinite(second)) return first === second ? "same" : "differs";
  if (first === second) return "same";
  const percent = first === 0 ? null : (100 * (second - first)) / first;
  if (percent === null) return "differs";
  return `${percent > 0 ? "+" : "−"}${Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`;
};

/** Two runs, figure by figure. */
export const comparisonView = (first, second) =>
  first && second
    ? FIGURES.map(([label, read, write = String]) => {
        const [a, b] = [read(first), read(second)];
        return { label, a: write(a), b: write(b), change: change(a, b) };
      })
    : [];
