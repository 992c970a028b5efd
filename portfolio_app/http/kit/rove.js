// In the browser because the focus follows an arrow key at once: Tab has one stop in a list of hundreds.
const STEPS = {
  ArrowUp: (rows, at) => rows[at - 1],
  ArrowDown: (rows, at) => rows[at + 1],
  Home: (rows) => rows[0],
  End: (rows) => rows.at(-1),
};

export const rove = (event) => {
  const step = STEPS[event.key];
  const row = event.target.closest?.("[data-request-id]");
  if (!step || !row || !event.target.closest("button")) return;
  const buttons = [...row.querySelectorAll("button")];
  const rows = [...row.parentElement.querySelectorAll(":scope > [data-request-id]")];
  const next = step(rows, rows.indexOf(row));
  event.preventDefault();
  next?.querySelectorAll("button")[buttons.indexOf(event.target.closest("button"))]?.focus();
};
