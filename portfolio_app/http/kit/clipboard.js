// In the browser because the clipboard is its own: text gets there without asking the server.
const copyTheOldWay = (text) => {
  const field = document.createElement("textarea");
  field.value = text;
  Object.assign(field.style, { position: "fixed", inset: "0 auto auto 0", opacity: 0 });
  const focused = document.activeElement;
  (focused?.closest("dialog") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
};

/** Whether `text` is on the clipboard now; outside https and localhost only the old way works. */
export const copyText = (text) =>
  (async () => navigator.clipboard.writeText(text))().then(() => true, () => copyTheOldWay(text));
