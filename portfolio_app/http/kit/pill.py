"""Small labels: facts a machine attached to a row, and tags a person reads."""

import reflex as rx

from portfolio_app.http.kit.kinds import Text
from portfolio_app.http.kit.layer import LAYERS


def pill(key: Text, value: Text) -> rx.Component:
    """One key and value, the value standing out."""
    return rx.el.span(key, " ", rx.el.b(value), class_name="pill")


def tag(text: Text) -> rx.Component:
    """A short mono mark, such as the one that tells two guests apart; a layer's name has the layer's hue."""
    return rx.el.span(
        text, class_name="tag", data_layer=text if isinstance(text, str) and text in LAYERS else None
    )
