// In the browser because a new session begins with a form that is sent, and its ticket must be in no state.
import { refs } from "$/utils/state";

// The server sets the ticket as the value of this ref.
refs.ref_ticket_form = {
  current: {
    set value(ticket) {
      Object.assign(document.querySelector("input[name=ticket]"), { value: ticket }).form.submit();
    },
  },
};
