"""Sentences that only the sender of a burst can say; those about its record are `app/burst/words.py`."""

from portfolio_app.app.burst.words import number, seconds
from portfolio_app.launcher.burst.load import Stop


def end(sent: int, size: int, stopped: Stop | None, elapsed_s: float) -> str:
    """How much was sent, and why no more."""
    took = f"in {seconds(elapsed_s)} s"
    if stopped is None:
        return (
            f"All {number(size)} sent {took}."
            if sent == size
            else f"{number(sent)} of {number(size)} sent {took}."
        )
    reason = f"{stopped[0].upper()}{stopped[1:]}"
    return f"{reason} after {number(sent)} of {number(size)} {took}."
