"""The terminal panel, wired."""

import reflex as rx

from portfolio_app.http.log.stream_state import COMMAND_FIELD, StreamState
from portfolio_app.http.log.terminal import terminal_panel


def live_terminal() -> rx.Component:
    """The command for this visitor's session, made when it is asked for."""
    return terminal_panel(field_id=COMMAND_FIELD, on_reveal=StreamState.reveal, error=StreamState.problem)
