// In the browser because the focus follows an arrow key at once: Tab has one stop in a list of hundreds.
const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
const CONTROLS = ":is(a, button:enabled, summary)";
const YIELDING = `${CONTROLS}:not(.message-standing *)`; // what waits for its author stays in reach
const usable = (row) => [...row.querySelectorAll(CONTROLS)].filter((each) => each.checkVisibility());

export const rove = (event) => {
  const control = event.target.closest?.(CONTROLS);
  const row = control?.closest("[data-request-id], li, article");
  if (!row || !(event.key in STEPS)) return;
  event.preventDefault();
  const rows = [...row.parentElement.children].filter((each) => each.nodeName === row.nodeName && usable(each).length);
  const next = usable(rows[Math.min(Math.max(rows.indexOf(row) + STEPS[event.key], 0), rows.length - 1)]);
  (next[usable(row).indexOf(control)] ?? next[0]).focus();
};

// Where rows are articles Tab goes through the controls of one: of the row with the focus, else of the newest.
export const oneStop = (list, event) => {
  const focused = event?.type === "focusout" ? event.relatedTarget : document.activeElement;
  const stop = (list.contains(focused) && focused.closest("article")) || list.querySelector(":scope > article:last-of-type");
  const give = (tabIndex, found) => found.forEach((each) => Object.assign(each, { tabIndex }));
  give(-1, list.querySelectorAll(`article ${YIELDING}:not([tabindex="-1"])`));
  give(0, stop?.querySelectorAll(YIELDING) ?? []);
};
