// Runs the burst's scripts, as the browser gets them, on what comes in; says what they made of it.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const { scripts, answers, elapsed, charts, facts, sentences } = JSON.parse(readFileSync(0, "utf8"));

registerHooks({ resolve: (name, context, next) => next(scripts[name] ?? name, context) });
const { Tally } = await import("$/public/js/burst_tally.js");
const { number } = await import("$/public/js/numbers.js");
const { IDLE, progressOf, ...written } = await import("$/public/js/burst_words.js");
const { chartOf } = await import("$/public/js/burst_chart.js");

const half = Math.floor(answers.length / 2);
const tally = new Tally();
const report = { sent: answers.length, open: 3, stopped: "", elapsed };
tally.take({ ...report, fresh: answers.slice(0, half), over: false });
const running = { ...IDLE, size: answers.length, phase: "running", ...tally.reading() };
tally.take({ ...report, fresh: answers.slice(half), over: true });

// What Reflex makes of Python is an expression: `run` is what a tab shows, the functions are those it imports.
const known = { number, isTrue: Boolean, ...written };
const evaluate = (expression, run) =>
  new Function("run", ...Object.keys(known), `return ${expression}`)(run, ...Object.values(known));
const factsIn = (run) => Object.fromEntries(facts.map(([name, value]) => [name, evaluate(value, run)]));

process.stdout.write(
  JSON.stringify({
    running: { reading: running, facts: factsIn(running), progress: progressOf(running) },
    over: tally.reading(),
    idle: factsIn(IDLE),
    said: sentences.map(([sentence, run]) => evaluate(sentence, { ...IDLE, ...run })),
    charts: charts.map(chartOf),
  }),
);
