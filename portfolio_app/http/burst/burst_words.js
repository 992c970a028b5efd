// What a run says of itself while only this browser knows of it; of a receipt all words are the server's.
import { number, plural } from "$/public/js/numbers.js";

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
const seconds = (value) => value.toFixed(value < 10 ? 2 : 1);

const milliseconds = (value) =>
  value === null ? NONE : value.toFixed(value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);

const endOf = ({ stopped, sent, size }) =>
  stopped ? `${STOPS[stopped]} after ${number(sent)} of ${number(size)}` : `All ${number(size)} sent`;

const runningWords = ({ size, mode, workers }) =>
  `Running ${plural(size, `${MODES[mode]} request`)} with ${plural(workers, "worker")}.`;

const SENTENCES = {
  ready: () => "Ready. Choose a burst size and run the load.",
  starting: () => "Asking the server for a ticket.",
  running: runningWords,
  collecting: ({ stopped, sent, size }) =>
    `${stopped ? `${STOPS[stopped]}: ${number(sent)} of ${number(size)}` : `All ${number(size)}`} sent. Waiting for the last pushes.`,
  saving: () => "Joining the ledgers by request id.",
  done: (shown) => {
    const { elapsed, balanced } = shown.receipt.shown;
    return `${endOf(shown)} in ${elapsed} s, ${balanced ? "and the ledgers balance" : "but the ledgers do not balance"}. The receipt is below.`;
  },
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
  shown.size === 0 ? "" : `${number(shown.ended)} of ${number(shown.size)} done, ${number(shown.rate)} answered per second`;

const classesOf = (statuses) => {
  const classes = {};
  for (const [status, count] of Object.entries(statuses)) {
    const name = status === "0" ? "none" : `${status[0]}xx`;
    classes[name] = (classes[name] ?? 0) + count;
  }
  return Object.entries(classes).sort().map(([k, v]) => `${k} ${number(v)}`).join(" · ") || NONE;
};

/** The readings beside the chart. */
export const factsOf = (shown) => [
  { k: "Sent", v: number(shown.sent), unit: shown.size ? `of ${number(shown.size)}` : "" },
  { k: "In flight", v: number(shown.open), unit: "" },
  { k: "Rate", v: number(shown.rate), unit: "/s" },
  { k: "Time left", v: left(shown), unit: "" },
  ...["Answered", "Refused", "Failed", "Pushed"].map((k) => ({ k, v: number(shown[k.toLowerCase()]), unit: "" })),
  ...["p50", "p95", "p99"].map((k) => ({ k, v: milliseconds(shown[k]), unit: shown[k] === null ? "" : "ms" })),
  { k: "Status", v: classesOf(shown.statuses), unit: "" },
];

/** The place of a receipt before there is one: what the browser has counted. */
export const countedOf = ({ size, sent, pushed, answered, refused, failed }) => {
  const outcomes = `${number(answered)} answered, ${number(refused)} refused, ${number(failed)} failed`;
  return { shown: size ? { sent: number(sent), pushed: number(pushed), outcomes } : {}, slowest: [] };
};
