// In the browser because the focus follows an arrow key at once: Tab has one stop in a list of hundreds.
export const rove = (event) => {
  const row = event.target.closest?.("[data-request-id]");
  if (!row || !event.target.closest("button")) return;
  const buttons = [...row.querySelectorAll("button")];
  const rows = [...row.parentElement.querySelectorAll(":scope > [data-request-id]")];
  const at = rows.indexOf(row);
  const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  rows[next]?.querySelectorAll("button")[buttons.indexOf(event.target.closest("button"))]?.focus();
};
