"""Sentences that only the sender of a burst can say; those about its record are `app/burst/words.py`."""

from portfolio_app.app.burst.words import seconds
from portfolio_app.app.ports.language import ENGLISH
from portfolio_app.launcher.burst.load import Stop


def end(sent: int, size: int, stopped: Stop | None, elapsed_s: float) -> str:
    """How much was sent, and why no more."""
    took = f"in {seconds(elapsed_s, ENGLISH)} s"
    if stopped is None:
        return (
            f"All {ENGLISH.number(size)} sent {took}."
            if sent == size
            else f"{ENGLISH.number(sent)} of {ENGLISH.number(size)} sent {took}."
        )
    reason = f"{stopped[0].upper()}{stopped[1:]}"
    return f"{reason} after {ENGLISH.number(sent)} of {ENGLISH.number(size)} {took}."
