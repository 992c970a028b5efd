// Lets a tab catch up with a room by pages; timers run only when the driver says so.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const { scripts, changes, revision, page, lost } = JSON.parse(readFileSync(0, "utf8"));

registerHooks({ resolve: (name, context, next) => next(scripts[name] ?? name, context) });
const { Revisions } = await import("$/public/js/revisions.js");

let timer = null;
globalThis.setTimeout = (call) => (timer = call);
globalThis.clearTimeout = () => (timer = null);

const asked = [];
const rows = [];
const answers = [];
const revisions = new Revisions((after) => {
  asked.push(after);
  if (asked.length === lost) return;
  const missing = changes.filter((rev) => rev > after);
  const upto = missing.length > page ? missing[page - 1] : revision;
  answers.push({ arrivals: missing.slice(0, page), settled: upto, more: upto < revision });
});
// As room.js merges an answer.
const merge = ({ arrivals, settled, more }) => {
  rows.push(...arrivals);
  arrivals.forEach((rev) => revisions.have(rev));
  revisions.settle(settled);
  revisions.expect(revision);
  if (more) revisions.repair();
};

let fired = 0;
revisions.expect(revision);
while (answers.length || timer) {
  if (answers.length) {
    merge(answers.shift());
  } else {
    const due = timer;
    timer = null;
    fired += 1;
    due();
  }
}
process.stdout.write(JSON.stringify({ asked, rows, last: revisions.last, fired }));
