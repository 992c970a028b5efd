// In the browser because nobody else knows what is typed until it is sent: counts it, keeps it, sends with Enter.
import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { number } from "$/public/js/numbers.js";
import { room as chat, typedMessage } from "$/public/js/room.js";
import { keep, kept } from "$/public/js/store.js";

const NEARLY_FULL = 0.9;
// 229 is the keyCode of a key that an input method takes; in Safari it comes after compositionend.
const isTaken = ({ isComposing, keyCode }) => isComposing || keyCode === 229;

/** Arrow-up in an empty field edits the last own message that can be; Escape answers no message any more. */
function actOnKey({ key, currentTarget, nativeEvent }) {
  if (key === "Escape" && !isTaken(nativeEvent)) chat.reply("");
  if (key === "ArrowUp" && currentTarget.rows && !currentTarget.value) [...document.querySelectorAll("[data-testid=message-edit]")].at(-1)?.click();
}

/** Enter sends, Shift+Enter breaks the line; a touch keyboard's Enter always does, an input method's picks a word. */
function sendOnEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || isTaken(event.nativeEvent)) return;
  if (window.matchMedia("(hover: none) and (pointer: coarse)").matches) return;
  event.preventDefault();
  if (!event.repeat) event.currentTarget.form?.requestSubmit();
}

/** A file that is pasted is not sent; one that is dropped would be opened in place of the page. What is typed stays. */
function refuseFile(event) {
  const { files, types } = event.clipboardData ?? event.dataTransfer;
  if (!files.length || types.includes("text/plain")) return;
  event.preventDefault();
  chat.set({ notice: "Only text can be sent here. Of a picture or a file, send the address." });
}

// As the server counts: by code points, so that one emoji is not two, and without what `clean_text` takes away.
const lengthOf = (text) => {
  const begun = text.normalize().trimEnd().replace(/^(?:[^\S\n]*\n)+/, "");
  return [...(begun.includes("\n") ? begun.replace(/\n(?:[^\S\n]*\n){3,}/g, "\n\n\n") : begun.trimStart())].length;
};
const characters = (count) => `${number(count)} ${count === 1 ? "character" : "characters"}`;

/** A textarea, or a line with a `suggested` text, that counts what it holds; more than the limit is kept, not sent.
 *
 * What is typed is kept for each room, if there is a `room`: the one of addresses that name none. A guest's becomes
 * that of the member they sign in as; what a member types is shown to that `writer` alone.
 */
export function CountedTextarea({ limit, heldOver, fieldId, spokenClass, room, writer = "", suggested = "", ...field }) {
  const element = useRef(null);
  const shown = useRef(null); // in which room, and by whom, what stands in it was written
  const [used, setUsed] = useState(0);
  const { pathname } = useLocation();
  const place = room && (pathname.split("/chat/")[1]?.split("/")[0] || room);
  const draftOf = (by) => room && `draft ${by} ${place}`;
  const draft = draftOf(writer);

  const count = () => {
    const { value } = element.current;
    const length = lengthOf(value);
    const over = length > limit ? `${"That is"} ${characters(length - limit)} ${"over the limit of"} ${limit}.` : "";
    element.current.setCustomValidity(over);
    setUsed(length);
    if (draft) keep(draft, value);
  };
  const onInput = () => {
    typedMessage(element.current.value);
    count();
  };

  useEffect(() => {
    const { form, value } = element.current;
    // The focus comes back from a Send button that was touched, or the keyboard would go away; it may from a line.
    const onReset = () => setTimeout(count) && !suggested && element.current.focus();
    form?.addEventListener("reset", onReset);
    // Text typed before the scripts were there, or before its author was known, is the newest; then a guest's.
    const isTheirs = !shown.current || (shown.current.place === place && !shown.current.writer);
    const words = [isTheirs && value, kept(draftOf("")), kept(draft)].find((text) => text && text !== suggested) ?? suggested;
    if (draft && writer) keep(draftOf(""), "");
    if (draft && words !== value) element.current.value = words;
    shown.current = { place, writer };
    count();
    return () => form?.removeEventListener("reset", onReset);
  }, [draft]);

  const near = used >= limit * NEARLY_FULL;
  const held = used > heldOver && used <= limit ? ` · ${"waits for a moderator"}` : "";
  const left = used > limit ? `${characters(used - limit)} ${"over the limit"}` : `${characters(limit - used)} ${"left"}`;
  const Field = suggested ? "input" : "textarea";
  return (
    <>
      <Field ref={element} id={fieldId} data-draft={draft || undefined} defaultValue={suggested} enterKeyHint="send" onInput={onInput} onKeyDown={(event) => sendOnEnter(event) ?? actOnKey(event)} onPaste={refuseFile} onDrop={refuseFile} {...field} />
      <span className="count" hidden={Boolean(suggested)} data-near={near} data-over={used > limit} aria-hidden="true">
        {used > limit ? `${used - limit} ${"over"} ${limit}` : `${used}/${limit}${held}`}
      </span>
      <span className={spokenClass} role="status">{near ? left : ""}</span>
    </>
  );
}
