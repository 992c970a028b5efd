// What a run says about itself, in words and in figures as they are shown.
const MODES = { noop: "no-op", read: "read", write: "write" };
const STOPS = {
  cancelled: "Cancelled",
  ticket: "The run's ticket has ended",
  time: "Time is up",
  server: "The server stopped answering",
  script: "This browser could not start the script of the load",
};

export const IDLE = {
  phase: "ready", busy: false, problem: "", stopped: "", unsaved: false, receipt: null,
  mode: "noop", size: 0, workers: 0, sent: 0, open: 0, answered: 0, refused: 0, failed: 0, ended: 0, pushed: 0,
  elapsed_s: 0, rate: 0, statuses: {}, points: [], p50: null, p95: null, p99: null,
};

export const GONE = { ...IDLE, problem: "The tab that ran the load is gone. Its run makes way for your next one." };

const NONE = "–";
const whole = (value) => String(Math.round(value));

export const milliseconds = (value) => {
  if (value === null || value === undefined) return NONE;
  return value.toFixed(value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);
};

export const seconds = (value) => value.toFixed(value < 10 ? 2 : 1);

export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** One or two sentences on a receipt: what balances, or how much does not. */
export const verdict = ({ balanced, ledgers, mismatch_count: odd = 0 }) => {
  const { sent, answered, refused, failed } = ledgers;
  const sum = `${sent} sent = ${answered} answered + ${refused} refused + ${failed} failed`;
  if (balanced) return `Balanced: ${sum}, and every request id is in every ledger it belongs to.`;
  if (odd > 0) return `Not balanced: ${odd} of the entries a ledger must have are missing, listed below by request id.`;
  return `Not balanced: ${sum} does not add up.`;
};

export const verdictOf = (shown) => (shown.receipt ? verdict(shown.receipt) : "");

const runningWords = ({ size, mode, workers }) =>
  `Running ${plural(size, `${MODES[mode]} request`)} with ${plural(workers, "worker")}.`;

const SENTENCES = {
  ready: () => "Ready. Choose a burst size and run the load.",
  starting: () => "Asking the server for a ticket.",
  running: runningWords,
  collecting: ({ stopped, sent, size }) =>
    `${stopped ? `${STOPS[stopped]}: ${sent} of ${size} sent.` : `All ${size} sent.`} Waiting for the last pushes.`,
  saving: () => "Joining the ledgers by request id.",
  done: ({ receipt, stopped, sent, size }) =>
    `${stopped ? `${STOPS[stopped]} after ${sent} of ${size}` : `All ${size} sent`} in ${seconds(receipt.elapsed_s)} s, ` +
    `${receipt.balanced ? "and the ledgers balance" : "but the ledgers do not balance"}. The receipt is below.`,
  unsaved: ({ ended, unsaved }) =>
    unsaved
      ? `There is no receipt yet. What this tab knows of ${plural(ended, "request")} is kept.`
      : "There is no receipt of this run: only what the browser measured is shown here.",
};

export const wordsOf = (shown, isMine) => {
  const words = SENTENCES[shown.phase](shown);
  return isMine || !shown.busy ? words : `In another of your tabs: ${words}`;
};

const left = ({ size, ended, elapsed_s, phase }) =>
  phase === "running" && ended > 0 ? `${seconds(((size - ended) * elapsed_s) / ended)} s` : NONE;

export const progressOf = (shown) =>
  shown.size === 0 ? "" : `${shown.ended} of ${shown.size} done, ${whole(shown.rate)} answered per second`;

const classesOf = (statuses) => {
  const classes = {};
  for (const [status, count] of Object.entries(statuses)) {
    const name = status === "0" ? "none" : `${status[0]}xx`;
    classes[name] = (classes[name] ?? 0) + count;
  }
  return Object.entries(classes).sort().map(([k, v]) => `${k} ${v}`).join(" · ") || NONE;
};

/** The readings beside the chart. */
export const factsOf = (shown) => [
  { k: "Sent", v: `${shown.sent}`, unit: shown.size ? `of ${shown.size}` : "" },
  { k: "In flight", v: `${shown.open}`, unit: "" },
  { k: "Rate", v: whole(shown.rate), unit: "/s" },
  { k: "Time left", v: left(shown), unit: "" },
  { k: "Answered", v: `${shown.answered}`, unit: "" },
  { k: "Refused", v: `${shown.refused}`, unit: "" },
  { k: "Failed", v: `${shown.failed}`, unit: "" },
  { k: "Pushed", v: `${shown.pushed}`, unit: "" },
  ...["p50", "p95", "p99"].map((k) => ({ k, v: milliseconds(shown[k]), unit: shown[k] === null ? "" : "ms" })),
  { k: "Status", v: classesOf(shown.statuses), unit: "" },
];
