// In the browser because only it knows where the focus was when a row goes away under it.
import { useEffect, useRef } from "react";

export const useKeptFocus = (region) => {
  useEffect(() => {
    const element = region.current;
    let held = null;
    const onFocus = (event) => (held = event.target);
    // Removal blurs too in some browsers: only who left a place that still stands has gone elsewhere.
    const onBlur = ({ target }) => setTimeout(() => held === target && target.isConnected && (held = null));
    const onRemoval = () => {
      if (held === null || held.isConnected) return;
      held = null;
      if (document.activeElement === document.body) element.focus({ preventScroll: true });
    };
    const changed = new MutationObserver(onRemoval);
    changed.observe(element, { childList: true, subtree: true });
    const gone = new AbortController();
    element.addEventListener("focusin", onFocus, gone);
    element.addEventListener("focusout", onBlur, gone);
    return () => [changed.disconnect(), gone.abort()];
  }, []);
};

/** A group of rows that takes the keyboard's focus when the focused row goes away. */
export function Kept({ children, ...group }) {
  const region = useRef(null);
  useKeptFocus(region);
  return <div ref={region} role="group" tabIndex={-1} {...group}>{children}</div>;
}
