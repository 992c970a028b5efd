"""Words for those who listen to the page rather than look at it."""

from typing import Final

import reflex as rx

from portfolio_app.http.kit.kinds import Text

HIDDEN: Final = "visually-hidden"


def spoken(words: Text) -> rx.Component:
    """Read by a screen reader, not shown."""
    return rx.el.span(words, class_name=HIDDEN)
