// In the browser because it follows the pointer and the focus: whatever belongs to the same request is lit with it.
const ID = /^[0-9a-f]{32}$/;
let lit = "";
let sheet = null;

// A rule, for rows come and go: no element has to be found again. A sheet made by a script needs no inline style.
const light = ({ target }) => {
  const id = target.closest?.("[data-request-id]")?.dataset.requestId ?? "";
  if (id === lit) return;
  lit = id;
  sheet.replaceSync(ID.test(id) ? `[data-request-id="${id}"] { --lit: var(--accent-edge); }` : "");
};

if (typeof document !== "undefined" && "adoptedStyleSheets" in document) {
  sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  for (const moved of ["pointerover", "focusin"]) document.addEventListener(moved, light, { passive: true });
}
