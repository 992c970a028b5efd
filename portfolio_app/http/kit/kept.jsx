import { useRef } from "react";
import { useKeptFocus } from "$/public/js/keep_focus.js";

/** A group of rows that takes the keyboard's focus when the focused row goes away. */
export function Kept({ children, ...group }) {
  const region = useRef(null);
  useKeptFocus(region);
  return (
    <div ref={region} role="group" tabIndex={-1} {...group}>
      {children}
    </div>
  );
}
