// In the browser because a new session begins with a form that is sent, and its ticket must be in no state.
import { useEffect, useRef } from "react";
import { refs } from "$/utils/state";

/** Posts the ticket that the server sets as this ref's value. */
export function TicketForm({ nextPath }) {
  const form = useRef(null);

  useEffect(() => {
    const taker = {
      set value(ticket) {
        form.current.elements.ticket.value = ticket;
        form.current.submit();
      },
    };
    refs.ref_ticket_form = { current: taker };
    return () => void (refs.ref_ticket_form?.current === taker && delete refs.ref_ticket_form);
  }, []);

  return (
    <form ref={form} method="post" action="/session/exchange" hidden>
      <input type="hidden" name="ticket" />
      <input type="hidden" name="next" value={nextPath} readOnly />
    </form>
  );
}
