// The day separators of a room's rows under Node.js, in the time zone of the process.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const { scripts, rows } = JSON.parse(readFileSync(0, "utf8"));
registerHooks({ resolve: (name, context, next) => next(scripts[name] ?? name, context) });
const { byDay } = await import("$/public/js/placed.js");
const { inZone } = await import("$/public/js/times.js");

const found = byDay(rows.map((at) => ({ at: Date.parse(at), late: 0 })));
const said = inZone("muted until 2026-07-01 20:00 UTC, begun 2026-01-01 20:00:30 UTC");
process.stdout.write(JSON.stringify([found.map(({ date = "" }) => date), said.replaceAll("\u202f", " ")]));
