// In the browser because what it watches is a value as the browser draws it.
import { useEffect } from "react";

/** Draws nothing: calls `onChange` once `change` is there, and each time it is another. */
export function Whenever({ change, onChange }) {
  useEffect(() => {
    if (change) onChange();
  }, [change]); // the handler is made anew whenever anything is drawn

  return null;
}
