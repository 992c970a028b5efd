// In the browser because clipboard and files are its own: text gets there without asking the server.
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
export const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text);
  }
};

export const saveText = (name, type, text) => {
  const address = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
};
