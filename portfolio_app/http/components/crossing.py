"""The visitor's last post on its way through the layers, to scale."""

from typing import Any, Final

import reflex as rx

from portfolio_app.http.components.button import button
from portfolio_app.http.components.kinds import Handler, Row

_ROWS: Final = list[dict[str, Any]]


def _bar(stretch: Row) -> rx.Component:
    return rx.el.span(
        class_name="crossing-part",
        data_layer=stretch["layer"],
        custom_attrs={"style": rx.Var.create({"--part": stretch["part"]})},
    )


def _stretch(stretch: Row) -> rx.Component:
    return rx.el.li(
        rx.el.span(stretch["layer"], class_name="crossing-layer"),
        rx.el.span(stretch["took"], class_name="crossing-took"),
        class_name="crossing-stretch",
        data_layer=stretch["layer"],
        data_testid="crossing-stretch",
    )


def _crossed(crossing: Row, on_trace: Handler) -> rx.Component:
    stretches = crossing["stretches"].to(_ROWS)
    return rx.fragment(
        rx.el.div(
            rx.el.p("Your last post: ", rx.el.b(crossing["took"]), " by layer"),
            button("Open its waterfall", on_click=on_trace),
            class_name="crossing-head",
        ),
        # Another post is another bar, which grows anew.
        rx.el.div(
            rx.foreach(stretches, _bar),
            key=crossing["request_id"].to(str),
            class_name="crossing-bar",
            aria_hidden="true",
        ),
        rx.el.ol(rx.foreach(stretches, _stretch), class_name="crossing-stretches"),
    )


def crossing_strip(
    crossing: Row, *, on_trace: Handler, label: str = "Your last post, layer by layer"
) -> rx.Component:
    """`crossing` is undefined until there was a post: see `http/views/crossing.py`; `label` names the region."""
    return rx.el.section(
        rx.cond(
            crossing,
            _crossed(crossing, on_trace),
            rx.el.p(
                "Send a message: it crosses four layers, and here stands how long each of them took.",
                class_name="crossing-none",
            ),
        ),
        class_name="crossing",
        aria_label=label,
        aria_live="polite",
        data_testid="crossing",
    )
