"""The four layers of the code, in the order a dependency may point."""

from typing import Final, Literal

import reflex as rx

from portfolio_app.http.kit.icon import icon

Layer = Literal["domain", "app", "infra", "http"]

LAYERS: Final[tuple[Layer, ...]] = ("domain", "app", "infra", "http")


def _step(layer: Layer, *, last: bool) -> rx.Component:
    arrow = [] if last else [rx.el.span(icon("arrow"), class_name="layer-arrow")]
    return rx.el.li(layer, *arrow, class_name="layer-step", data_layer=layer)


def layer_strip() -> rx.Component:
    """`domain -> app -> infra -> http`, each in its hue: the site's signature."""
    steps = (_step(layer, last=layer == LAYERS[-1]) for layer in LAYERS)
    return rx.el.ol(*steps, class_name="layer-strip", aria_label="The four layers of the code")
