// In the browser because a new session begins with a form that is sent, and its ticket must be in no state.
import { refs } from "$/utils/state";

// The server sets the ticket as the value of this ref.
refs.ref_ticket_form = {
  current: {
    set value(ticket) {
      const field = document.querySelector("input[name=ticket]");
      field.value = ticket;
      field.form.submit();
    },
  },
};
