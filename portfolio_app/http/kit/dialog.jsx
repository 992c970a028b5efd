import { useEffect, useRef } from "react";

/**
 * The browser's own modal dialog: it keeps the focus inside, closes with Escape and gives the focus back.
 * If what opened it is gone by then, the focus goes to the region that held it.
 */
export function Dialog({ open, closed, children, ...attributes }) {
  const element = useRef(null);
  const opener = useRef(null);

  useEffect(() => {
    const dialog = element.current;
    if (open && !dialog.open) {
      const focused = document.activeElement;
      opener.current = { focused, region: focused?.closest("[tabindex='0']:not(button)") };
      dialog.showModal();
    } else if (!open && dialog.open) {
      dialog.close();
    }
  }, [open]);

  const onClosed = () => {
    const { focused, region } = opener.current ?? {};
    if (focused && !focused.isConnected) region?.focus();
    closed();
  };

  const onClick = (event) => {
    if (event.target === element.current) element.current.close();
  };

  return (
    <dialog ref={element} onClose={onClosed} onClick={onClick} {...attributes}>
      {children}
    </dialog>
  );
}
