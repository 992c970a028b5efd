// In the browser because only it knows which of a hundred steps are opened: what they hold is made then.
import { useState } from "react";

/** A `details` whose last child is made when it is first opened, or as soon as scripts run if it was open before. */
export function Unfolding({ children, ...attributes }) {
  const [isMade, make] = useState(false);
  const look = (element) => {
    if (element?.open) make(true);
  };
  return <details ref={look} onToggle={({ currentTarget }) => look(currentTarget)} {...attributes}>{children.slice(0, -1)}{isMade && children.at(-1)}</details>;
}
