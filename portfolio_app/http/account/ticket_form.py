"""How a ticket gets from a handler to the browser and on to the route that swaps it for a cookie."""

from typing import Final

import reflex as rx
from reflex.event import EventSpec

_REF: Final = "ticket_form"


class TicketForm(rx.Component):
    """A hidden form that submits itself once it is given a ticket; see `account/ticket_form.jsx`."""

    library = "$/public/js/ticket_form.jsx"
    tag = "TicketForm"

    next_path: rx.Var[str]


def ticket_form(next_path: str = "/") -> rx.Component:
    """One per page; `next_path` is the page of this site to go on to."""
    return TicketForm.create(next_path=next_path)


def exchange(ticket: str) -> EventSpec:
    """Give the ticket to the page's form: the browser leaves with a full navigation and a new session.

    The ticket travels as an event, so it is never part of a state, which may be stored. The event sets the
    value of a ref and evaluates no script.
    """
    return rx.set_value(_REF, ticket)
