"""The terminal panel, wired."""

import reflex as rx

from portfolio_app.http.components.terminal import terminal_panel
from portfolio_app.http.states.stream import COMMAND_FIELD, StreamState


def live_terminal() -> rx.Component:
    """The command for this visitor's session, made when it is asked for."""
    return terminal_panel(field_id=COMMAND_FIELD, on_reveal=StreamState.reveal, error=StreamState.problem)
