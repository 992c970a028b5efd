// In the browser because until there is a receipt nobody else knows of the run: its figures as they are shown.
import { decimal, number } from "$/public/js/numbers.js";

export const IDLE = {
  phase: "ready", busy: false, problem: "", stopped: "", unsaved: false, receipt: null,
  mode: "noop", size: 0, workers: 0, rate_per_s: 0, rising: false, stalled: false, sent: 0, open: 0, answered: 0, refused: 0, failed: 0, cancelled: 0, ended: 0, pushed: 0,
  elapsed_s: 0, rate: 0, classes: {}, points: [], p50: null, p95: null, p99: null,
};

export const GONE = { ...IDLE, problem: "The tab that ran the load is gone. Your next one takes its place." };

const NONE = "–";
const seconds = (value) => decimal(value, value < 10 ? 2 : 1);

export const milliseconds = (value) =>
  value === null ? NONE : decimal(value, value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);

export const timeLeft = ({ size, ended, elapsed_s, phase }) =>
  phase === "running" && ended > 0 ? `${seconds(((size - ended) * elapsed_s) / ended)} s` : NONE;

export const progressOf = (shown) =>
  shown.size === 0 ? "" : `${number(shown.ended)}${" of "}${number(shown.size)}${" done, "}${number(shown.rate)}${" answered per second"}`;

export const classesOf = (classes) => Object.entries(classes).sort().map(([name, count]) => `${name} ${number(count)}`).join(" · ") || NONE;

/** The place of a receipt before there is one: what the browser has counted. */
export const countedOf = ({ size, sent, pushed, answered, refused, failed, cancelled }) => {
  const outcomes = `${number(answered)}${" answered, "}${number(refused)}${" refused, "}${number(failed)}${" failed"}${cancelled ? `, ${number(cancelled)}${" cancelled"}` : ""}`;
  return { shown: size ? { sent: number(sent), pushed: number(pushed), outcomes } : {}, slowest: [] };
};
