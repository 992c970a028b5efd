// In the browser because the focus follows a key at once: Tab has one stop in a list of hundreds.
const STEPS = { ArrowUp: -1, ArrowDown: 1, k: -1, j: 1, Home: -Infinity, End: Infinity };
const CONTROLS = ":is(a, button:enabled, summary)";
const YIELDING = `${CONTROLS}:not(.message-standing *)`; // what waits for its author stays in reach
const usable = (row) => [...row.querySelectorAll(CONTROLS)].filter((each) => each.checkVisibility());

let place = 0; // of the row that had a key last: where it is gone, the next one is there

// A key that one of the row's controls has for its shortcut presses that one; j and k walk as the arrows do.
export const rove = (event) => {
  const { currentTarget, key, repeat, target } = event;
  const control = target.closest?.(CONTROLS);
  const row = control?.closest("[data-request-id], li, article");
  const isBetween = target === currentTarget && target.tabIndex < 0; // the focus of a row that went away
  if (event.ctrlKey || event.metaKey || event.altKey || !(row || isBetween)) return;
  if (row && !repeat) row.querySelector(`[aria-keyshortcuts="${CSS.escape(key)}"]`)?.click();
  const rows = [...(row?.parentElement ?? target).children].filter((each) => (!row || each.nodeName === row.nodeName) && usable(each).length);
  if (row) place = rows.indexOf(row);
  if (!(key in STEPS) || !rows.length) return;
  event.preventDefault();
  const next = usable(rows[Math.min(Math.max(place + (row ? STEPS[key] : 0), 0), rows.length - 1)]);
  (next[row ? usable(row).indexOf(control) : 0] ?? next[0]).focus();
};

// The menu of a row is closed by Escape, by a click beside it, and by its choices, but for those that answer in it.
const STAYING = "[data-sign], [data-testid=message-link]";
const shut = (but) => {
  for (const menu of document.querySelectorAll("details[name][open]")) {
    if (menu === but) continue;
    if (menu.contains(document.activeElement)) menu.firstElementChild.focus();
    menu.open = false;
  }
};
// Escape presses the button of a form that has it for its shortcut; one that an input method takes does not (229, in Safari).
globalThis.document?.addEventListener("keydown", ({ key, isComposing, keyCode, target }) => {
  if (key === "Escape" && !isComposing && keyCode !== 229) shut() ?? target.closest?.("form")?.querySelector('[aria-keyshortcuts="Escape"]')?.click();
});
globalThis.document?.addEventListener("click", ({ target }) =>
  shut(target.closest(`button:not(${STAYING})`) ? null : target.closest("details[name]")));

// Where rows are articles Tab goes through the controls of one: of the row with the focus, else of the newest.
export const oneStop = (list, event) => {
  const focused = event?.type === "focusout" ? event.relatedTarget : document.activeElement;
  const stop = (list.contains(focused) && focused.closest("article")) || list.querySelector(":scope > article:last-of-type");
  const give = (tabIndex, found) => found.forEach((each) => Object.assign(each, { tabIndex }));
  give(-1, list.querySelectorAll(`article ${YIELDING}:not([tabindex="-1"])`));
  give(0, stop?.querySelectorAll(YIELDING) ?? []);
};
