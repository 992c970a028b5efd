"""What this process pushes with, for handlers to reach."""

from dataclasses import dataclass

from portfolio_app.http.chat.painted import Painted
from portfolio_app.http.home.pulse import Pulse
from portfolio_app.http.transport.push.push import Push


@dataclass(frozen=True, slots=True)
class Hub:
    """What `portfolio_app.py` starts with the application."""

    push: Push
    pulse: Pulse
    painted: Painted


_installed: list[Hub] = []


def install(hub: Hub) -> None:
    """Make `hub` the one of this process."""
    _installed[:] = [hub]


def push() -> Push:
    """The installed push; `LookupError` before the application has started."""
    return _current().push


def pulse() -> Pulse:
    """The installed pulse; `LookupError` before the application has started."""
    return _current().pulse


def painted() -> Painted:
    """What waits to be seen in another tab; `LookupError` before the application has started."""
    return _current().painted


def _current() -> Hub:
    if not _installed:
        raise LookupError("the application has not started")
    return _installed[0]
