// In the browser because only it knows where the focus was when a row, or a part of one, goes away under it.
import { useEffect, useRef } from "react";

export const useKeptFocus = (region) => {
  useEffect(() => {
    const element = region.current;
    let [held, row] = [null, null];
    const onFocus = ({ target }) => ([held, row] = [target, target.closest("article") ?? target.closest("li")]);
    // Removal blurs too in some browsers: only who left a place that still stands has gone elsewhere.
    const onBlur = ({ target }) => setTimeout(() => held === target && target.isConnected && (held = null));
    const onRemoval = () => {
      if (held === null || held.isConnected) return;
      held = null;
      const heir = row?.isConnected && (row.querySelector("summary") ?? row.querySelector("a, button:enabled"));
      if (document.activeElement === document.body) (heir || element).focus({ preventScroll: true });
    };
    const changed = new MutationObserver(onRemoval);
    changed.observe(element, { childList: true, subtree: true });
    const gone = new AbortController();
    element.addEventListener("focusin", onFocus, gone);
    element.addEventListener("focusout", onBlur, gone);
    return () => [changed.disconnect(), gone.abort()];
  }, []);
};

/** A group of rows that takes the keyboard's focus when the focused row goes away; of a form in a row, the row does. */
export function Kept({ children, ...group }) {
  const region = useRef(null);
  useKeptFocus(region);
  return <div ref={region} role="group" tabIndex={-1} {...group}>{children}</div>;
}
