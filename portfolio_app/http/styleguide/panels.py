"""Frames, and what stands in them when there is nothing to show."""

import reflex as rx

from portfolio_app.http import demos
from portfolio_app.http.kit.button import button, link_button
from portfolio_app.http.kit.demo import demo_frame, demo_value
from portfolio_app.http.kit.interactive import follow, kept
from portfolio_app.http.kit.layout import bench, column
from portfolio_app.http.kit.panel import empty_state, loading_state, panel
from portfolio_app.http.styleguide.specimen import Group, specimen


def group() -> Group:
    """Panels, their empty and busy states, and how they stand side by side."""
    return Group(
        "Panels",
        "A titled frame; every live one has its empty, busy and failed state designed.",
        (
            specimen(
                "empty",
                panel,
                "Room",
                empty_state("No messages yet.", "Write the first one."),
                data_panel="example",
            ),
            specimen(
                "busy", panel, "Room", loading_state("Reading the room…"), aside="–", data_panel="example"
            ),
            specimen("full", panel, "Readings", _words("Three rows."), aside="3 rows", data_panel="example"),
            specimen("with a hint", empty_state, "Nothing waits.", "Messages with links stop here."),
            specimen(
                "with a way on",
                empty_state,
                "There is no such room.",
                "The address may be mistyped.",
                link_button("Open the lobby", "/chat"),
            ),
            specimen("bare", empty_state, "Nothing here matches."),
            specimen("waiting", loading_state, "Reading the trace…"),
            specimen(
                "rows",
                follow,
                *map(_words, ("The first row", "The second row", "The newest row")),
                noun="row",
                label="Example rows",
            ),
            specimen("rows", kept, _words("A row"), _words("Another row"), label="Example group"),
            specimen("untried", demo_frame, "Try it", button("Roll two", kind="primary"), demo_value("0")),
            specimen("refused", demo_frame, "Try it", problem="Too fast. Try again in 7 seconds."),
            specimen("a number", demo_value, "41"),
            # The owner's own, as they are found.
            *(specimen(f"demo {demo.name}", demos.body_of, demo.page) for demo in demos.found()),
            specimen("two", bench, *_panels("Left", "Right")),
            specimen("two", column, *_panels("Above", "Below")),
        ),
        wide=frozenset({bench, column}),
    )


def _words(text: str) -> rx.Component:
    return rx.el.p(text, class_name="guide-words")


def _panels(*titles: str) -> list[rx.Component]:
    return [panel(title, _words("Whatever it holds."), data_panel="example") for title in titles]
