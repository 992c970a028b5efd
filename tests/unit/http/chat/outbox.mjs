// A tab's outbox under Node.js: it is told what its visitor and the server do, and says what went out after each step.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const { scripts, steps } = JSON.parse(readFileSync(0, "utf8"));
const stub = (text) => `data:text/javascript,${encodeURIComponent(text)}`;
const stubs = {
  "$/public/js/connection.js": stub(`
    export const connection = { isLive: true, state: () => "live", subscribe: () => {}, withdraw: () => {}, probe: () => {} };
  `),
  "$/public/js/store.js": stub("export const keep = () => {}; export const kept = () => null;"),
};
registerHooks({ resolve: (name, context, next) => next(stubs[name] ?? scripts[name] ?? name, context) });
globalThis.setTimeout = () => null;

const { connection } = await import("$/public/js/connection.js");
const { Outbox } = await import("$/public/js/outbox.js");

let [sent, writer, cid] = [[], "", ""];
const outbox = new Outbox({
  send: ({ client_id, body, written_as }) => sent.push([body, written_as, (cid = client_id)]),
  withdraw: (id) => sent.push(["", "withdrawn", id]),
  changed: () => {},
  writer: () => writer,
});
outbox.enter("lobby");
const acts = {
  be: (name) => (writer = name),
  belong: ([member, isCertain]) => outbox.belong(member, isCertain),
  see: () => (sent = outbox.rows().map(({ body }) => [body, "seen"])),
  line: (isLive) => ((connection.isLive = isLive), outbox.goOn()),
  write: (body) => outbox.add(body),
  refuse: (error) => outbox.answer({ cid, error }),
  retry: () => outbox.retry(cid),
  discard: () => outbox.discard([...outbox.entries.keys()].at(-1)),
};
const after = ([act, value]) => {
  sent = [];
  acts[act](value);
  return sent.map(([body, by]) => [body, by]);
};
process.stdout.write(JSON.stringify(steps.map(after)));
