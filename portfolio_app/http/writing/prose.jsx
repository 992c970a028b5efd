// In the browser because the clipboard is there; a page without scripts has no button that would do nothing.
import { useEffect, useRef } from "react";
import { copyText } from "$/public/js/clipboard.js";

const copyButton = (code) => {
  const words = { type: "button", textContent: "Copy", ariaLive: "polite" };
  const button = Object.assign(document.createElement("button"), words);
  button.addEventListener("click", async () => {
    button.textContent = (await copyText(code.textContent)) ? "Copied" : "Not copied";
    setTimeout(() => (button.textContent = words.textContent), 4_000);
  });
  code.after(button);
  return button;
};

/** Text made from Markdown. */
export function Prose({ html, ...given }) {
  const root = useRef(null);
  useEffect(() => {
    const buttons = [...root.current.querySelectorAll("pre[data-code]")].map(copyButton);
    return () => buttons.forEach((button) => button.remove());
  }, [html]);

  return <div ref={root} {...given} dangerouslySetInnerHTML={{ __html: html }} />;
}
