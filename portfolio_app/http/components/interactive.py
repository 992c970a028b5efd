"""The components whose behaviour is JavaScript (`assets/js/`)."""

from typing import Final

import reflex as rx

from portfolio_app.http.components.kinds import Child, Handler

_SOURCES: Final = "$/public/js"


class Follow(rx.Component):
    """A live region (role `log`) that follows its end; see `assets/js/follow.jsx`.

    Rows must be its direct children.
    """

    library = f"{_SOURCES}/follow.jsx"
    tag = "Follow"

    noun: rx.Var[str]


class CountedTextarea(rx.Component):
    """A textarea with a counter, sending on Enter; see `assets/js/counted.jsx`.

    It takes `field_id`, not `id`: Reflex would turn an id into a ref of its own.
    """

    library = f"{_SOURCES}/counted.jsx"
    tag = "CountedTextarea"

    limit: rx.Var[int]
    field_id: rx.Var[str]
    spoken_class: rx.Var[str]
    name: rx.Var[str]
    rows: rx.Var[int]
    placeholder: rx.Var[str]
    disabled: rx.Var[bool]


class Kept(rx.Component):
    """A group of rows that takes the focus of a row that goes away; see `assets/js/kept.jsx`."""

    library = f"{_SOURCES}/kept.jsx"
    tag = "Kept"


def kept(*children: rx.Component, label: str) -> rx.Component:
    """`label` is the group's accessible name: what is said when it takes the focus."""
    return Kept.create(*children, class_name="kept", aria_label=label)


def follow(*children: Child, noun: str, label: str, **attributes: Handler) -> rx.Component:
    """`noun` is the singular of what arrives, `label` the region's accessible name."""
    return Follow.create(*children, noun=noun, class_name="follow-region", aria_label=label, **attributes)
