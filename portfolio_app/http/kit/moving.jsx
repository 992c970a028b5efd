// In the browser because only it knows when its visitor pauses: then a tab of an earlier build loads the served one.
import { useEffect } from "react";
import { connection } from "$/public/js/connection.js";
import { keep, kept } from "$/public/js/store.js";

const PAUSE_MS = 5_000; // without a key, a touch or a turn of the wheel
const LOOK_MS = 1_000;
const LATER_MS = 60_000; // until a page is asked for again that was not of the build the server had named
const AGAIN_MS = 3_600_000; // two builds may be served side by side: to each of them once in so long
const BUSY = ":is(dialog[open], :popover-open, fieldset:disabled)"; // what is open, or under way
const own = globalThis.__reactRouterManifest?.version;
let served = own; // the build that the server of this tab's websocket named last
let touchedAt = 0;
let lookedAt = 0;
let isComposing = false;
let left = kept("focus"); // where the focus was when this tab moved

const isStale = () => Boolean(own) && served !== own;
// Text in a draft is kept; text in any other field would be lost.
const isKept = ({ value, defaultValue, dataset }) =>
  value === defaultValue || (dataset.draft !== undefined && (kept(dataset.draft) ?? "") === value);
const isQuiet = () =>
  connection.isLive && !isComposing && Date.now() - touchedAt >= PAUSE_MS && !document.querySelector(BUSY) &&
  [...document.querySelectorAll("input:not([type=hidden]), textarea")].every(isKept);

// Whether this address has the page of that build: behind one address a host may still serve another.
const isHere = async () => {
  const page = await fetch(location.href).then((answer) => (answer.ok ? answer.text() : "")).catch(() => "");
  return page.includes(`manifest-${served}`);
};

const move = async () => {
  const now = Date.now();
  const moves = kept("moves") ?? {};
  const isDue = now - lookedAt >= LATER_MS && now - (moves[served] ?? 0) >= AGAIN_MS;
  if (!isStale() || !isDue || !isQuiet()) return;
  lookedAt = now;
  if (!(await isHere())) return;
  if (!isQuiet()) return (lookedAt = 0);
  keep("moves", { ...moves, [served]: now });
  const { id, selectionStart } = document.activeElement;
  keep("focus", { id, at: selectionStart });
  // Where nothing can be kept it stays: the next link leads to the served build all the same.
  if (kept("moves")?.[served] === now) location.reload();
};

const comeBack = () => {
  const field = left?.id && document.getElementById(left.id);
  if (field && document.activeElement === document.body) {
    field.focus({ preventScroll: true });
    if (Number.isInteger(left.at)) field.setSelectionRange(left.at, left.at);
  }
  if (left) keep("focus", (left = null));
};

/** Draws nothing: compares `build`, as the server names it with every connect and every page, with this tab's. */
export function Moving({ build }) {
  useEffect(() => {
    if (!build) return;
    served = build;
    comeBack();
  }, [build]);
  return null;
}

if (typeof window !== "undefined") {
  const touched = ({ type }) => {
    touchedAt = Date.now();
    if (type.startsWith("composition")) isComposing = type === "compositionstart";
  };
  for (const type of ["keydown", "input", "pointerdown", "wheel", "touchmove", "compositionstart", "compositionend"]) {
    addEventListener(type, touched, { capture: true, passive: true });
  }
  // The router would go on with the scripts that are here. Without it the browser loads the page.
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (isStale() && link && link.pathname !== location.pathname) event.stopPropagation();
  }, true);
  setInterval(move, LOOK_MS);
}
