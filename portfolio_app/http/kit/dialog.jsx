// In the browser because a modal dialog opens by script only: it keeps the focus inside and closes with Escape.
import { useEffect, useRef } from "react";

/** It gives the focus back to what opened it; if that is gone by then, to the region that held it. */
export function Dialog({ open, closed, children, ...attributes }) {
  const element = useRef(null);
  const opener = useRef(null);

  useEffect(() => {
    const dialog = element.current;
    if (open && !dialog.open) {
      const focused = document.activeElement;
      opener.current = { focused, region: focused?.closest("[tabindex='0']:not(button)") };
      dialog.showModal();
    } else if (!open) dialog.close();
  }, [open]);

  const onClosed = () => {
    const { focused, region } = opener.current ?? {};
    if (focused && !focused.isConnected) region?.focus();
    closed();
  };

  const onClick = ({ target }) => target === element.current && target.close();

  return <dialog ref={element} onClose={onClosed} onClick={onClick} {...attributes}>{children}</dialog>;
}
