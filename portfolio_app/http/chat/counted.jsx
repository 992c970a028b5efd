// In the browser because nobody else knows what is typed until it is sent: counts it, and sends with Enter.
import { useEffect, useRef, useState } from "react";

const NEARLY_FULL = 0.9;

/** Enter sends, Shift+Enter breaks the line; an input method's Enter only picks a word. */
function sendOnEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
  event.preventDefault();
  if (!event.repeat) event.currentTarget.form?.requestSubmit();
}

/** A textarea that says how much of its limit is used, aloud only when little is left. */
export function CountedTextarea({ limit, fieldId, spokenClass, ...field }) {
  const element = useRef(null);
  const [used, setUsed] = useState(0);

  useEffect(() => {
    const form = element.current.form;
    const onReset = () => setUsed(0);
    form?.addEventListener("reset", onReset);
    setUsed(element.current.value.length);
    return () => form?.removeEventListener("reset", onReset);
  }, []);

  const near = used >= limit * NEARLY_FULL;
  return (
    <>
      <textarea ref={element} id={fieldId} maxLength={limit} enterKeyHint="send" onKeyDown={sendOnEnter}
        onInput={(event) => setUsed(event.currentTarget.value.length)} {...field} />
      <span className="count" data-near={near} aria-hidden="true">{used}/{limit}</span>
      <span className={spokenClass} role="status">{near ? `${limit - used} characters left` : ""}</span>
    </>
  );
}
