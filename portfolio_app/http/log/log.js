// In the browser because filters and pauses hold for one tab, at once: only its newest rows are in the document.
import { copyText } from "$/public/js/clipboard.js";
import { Feed } from "$/public/js/feed.js";
import { logRowsIn } from "$/public/js/frames.js";
import { number } from "$/public/js/numbers.js";
import { hookOf, once } from "$/public/js/store.js";
import { instant, iso } from "$/public/js/times.js";

const PAGE = 120; // rows in the document, and how many more "earlier" adds
const TAIL = 4;
const SPOKEN_EVERY_MS = 5_000;
const COPIED_MS = 2_000;
const OPENING = "page.open";

const searchable = once(({ target, message, request_id, at, pills }) =>
  [target, message, request_id, instant(at), ...pills.map(({ k, v }) => `${k} ${v}`)].join(" ").toLowerCase());

const asLine = ({ seq, at, ms, target, layer, level, message, request_id, pills }) =>
  JSON.stringify({
    seq, at: iso(at), ms: Number(ms), target, layer, level, message, request_id,
    pills: Object.fromEntries(pills.map(({ k, v }) => [k, v])),
  });

class Log extends Feed {
  held = null; // the rows that were there when the visitor paused
  heldCount = 0;
  hidden = new Set();
  level = "";
  query = ""; // as typed
  text = ""; // as searched for
  wish = PAGE; // rows that it would draw
  targets = [];
  copied = 0;
  words = "";
  spoken = 0; // the count that was announced last
  spokenTimer = null;
  drawn = [];
  tail = []; // the newest, whatever is filtered
  earlier = 0;
  waiting = 0;

  get filtered() {
    return this.hidden.size > 0 || this.level !== "" || this.text !== "";
  }

  matches = (row) =>
    !this.hidden.has(row.target) &&
    (this.level === "" || row.level === this.level) &&
    (this.text === "" || searchable(row).includes(this.text));

  // Rows that were there when the page opened are no news.
  read(states, state, field) {
    const before = this.count;
    super.read(states, state, field);
    if (field.startsWith("window")) this.spoken += this.count - before;
  }

  tell() {
    super.tell();
    this.speakSoon();
  }

  look() {
    const there = this.held ?? this.rows;
    const matching = this.filtered ? there.filter(this.matches) : there;
    this.drawn = matching.slice(-Math.min(this.wish, this.room));
    this.earlier = matching.length - this.drawn.length;
    this.waiting = this.held ? this.count - this.heldCount : 0;
    this.tail = this.rows.slice(-TAIL);
    this.findTargets();
  }

  findTargets() {
    const layers = new Map(this.rows.map((row) => [row.target, row.layer]));
    const targets = [...layers].sort().map(([name, layer]) => ({ name, layer, on: !this.hidden.has(name) }));
    if (JSON.stringify(targets) !== JSON.stringify(this.targets)) this.targets = targets;
  }

  restart() {
    super.restart();
    Object.assign(this, { spoken: 0, heldCount: 0 });
  }

  change(settings) {
    Object.assign(this, settings);
    this.tell();
  }

  // Everybody can see rows arrive; a screen reader hears how many, now and then.
  speakSoon() {
    if (this.spokenTimer !== null || this.count === this.spoken) return;
    this.spokenTimer = setTimeout(() => {
      const fresh = this.count - this.spoken;
      this.spoken = this.count;
      this.spokenTimer = null;
      if (fresh > 0) this.set({ words: `${number(fresh)} ${fresh === 1 ? "new backend event" : "new backend events"}${this.held ? ", held while paused" : ""}.` });
    }, SPOKEN_EVERY_MS);
  }
}

const log = new Log(logRowsIn, "log");

// Neither are rows that its opening made.
let opening = "";
log.arrivals.add((rows) => {
  opening = rows.find(({ message }) => message === OPENING)?.request_id ?? opening;
  if (rows.some(({ request_id }) => request_id === opening)) log.spoken += rows.length;
});

export const useLog = hookOf(log, {
  rows: () => log.drawn,
  shown: () => log.drawn.length,
  newest: () => log.drawn.at(-1)?.seq ?? 0,
  filtered: () => log.filtered,
  paused: () => log.held !== null,
});

export const onLogRows = (listener) => log.subscribe(() => listener(log.rows));

export const pauseLog = () => log.change({ held: log.held ? null : log.rows.slice(), heldCount: log.count });
export const filterLogText = (query) => log.change({ query, text: query.trim().toLowerCase(), wish: PAGE });
export const filterLogLevel = (level) => log.change({ level, wish: PAGE });
export const showEarlierLog = () => log.change({ wish: log.wish + PAGE });

export const toggleLogTarget = (name) => {
  const hidden = new Set(log.hidden);
  if (!hidden.delete(name)) hidden.add(name);
  log.change({ hidden, wish: PAGE });
};

export const clearLogFilters = () => log.change({ hidden: new Set(), level: "", query: "", text: "", wish: PAGE });

export const exportLog = () => {
  const lines = (log.held ?? log.rows).filter(log.matches).map((row) => `${asLine(row)}\n`);
  const href = `data:application/jsonl,${encodeURIComponent(lines.join(""))}`;
  Object.assign(document.createElement("a"), { href, download: "backend-log.jsonl" }).click();
  log.set({ words: `${number(lines.length)} ${lines.length === 1 ? "row saved to backend-log.jsonl." : "rows saved to backend-log.jsonl."}` });
};

export const copyLogRow = async (seq) => {
  const row = log.drawn.find((candidate) => candidate.seq === seq);
  const done = row && (await copyText(asLine(row)));
  const words = done ? "Row copied." : "The browser refused to copy. Export the log instead.";
  log.set({ copied: done ? seq : 0, words });
  setTimeout(() => log.set({ copied: log.copied === seq ? 0 : log.copied, words: "" }), COPIED_MS);
};
