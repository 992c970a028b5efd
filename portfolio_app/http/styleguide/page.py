"""The page."""

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit.layout import page_heading, page_section
from portfolio_app.http.kit.page import Page
from portfolio_app.http.styleguide import (
    account,
    attacks,
    burst,
    chat,
    claims,
    controls,
    live,
    marks,
    pages,
    panels,
    showcase,
    traces,
    written,
)
from portfolio_app.http.styleguide.foundations import foundations
from portfolio_app.http.styleguide.specimen import Component, Group, Specimen, file_of, purpose

GROUPS: Final[tuple[Callable[[], Group], ...]] = (
    marks.group,
    controls.group,
    panels.group,
    chat.group,
    live.group,
    traces.group,
    burst.group,
    attacks.group,
    claims.group,
    showcase.group,
    account.group,
    written.group,
    pages.group,
)
_FOUNDATIONS: Final = {"colour": "Colour", "type": "Type", "space": "Space"}
# Not under `assets/`: whatever is there is published.
_SHEET: Final = Path(__file__).with_name("sheet.css")


def _build() -> rx.Component:
    groups = [group() for group in GROUPS]
    return rx.fragment(
        rx.el.style(custom_attrs={"dangerouslySetInnerHTML": {"__html": _SHEET.read_text(encoding="utf-8")}}),
        page_heading(
            "Style guide",
            "Every component in all its states, drawn by the code that draws the site. Examples, not measurements: "
            "each name, time and count in a frame is made up.",
        ),
        _index({**_FOUNDATIONS, **{group.anchor: group.title for group in groups}}),
        *foundations(),
        *map(_group, groups),
    )


def _index(sections: dict[str, str]) -> rx.Component:
    links = (rx.el.li(A.create(title, href=f"#{anchor}")) for anchor, title in sections.items())
    return rx.el.nav(rx.el.ul(*links, class_name="guide-index"), aria_label="Style guide")


def _group(group: Group) -> rx.Component:
    by_component = groupby(group.specimens, lambda specimen: specimen.component)
    return page_section(
        group.title,
        rx.fragment(*_words(group.lede)),
        *(_component(found, list(specimens), group.width(found)) for found, specimens in by_component),
        anchor=group.anchor,
    )


def _component(component: Component, specimens: Sequence[Specimen], width: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.b(component.__name__, class_name="guide-name"),
            rx.el.span(file_of(component), class_name="guide-file"),
            class_name="guide-head",
        ),
        rx.el.p(*_words(purpose(component)), class_name="guide-purpose"),
        rx.el.div(*map(_frame, specimens), class_name="guide-specimens", data_width=width),
        class_name="guide-component",
    )


def _words(documentation: str) -> list[rx.Component | str]:
    """Text with what stands between backticks as code."""
    parts = documentation.split("`")
    return [rx.el.code(part) if at % 2 else part for at, part in enumerate(parts)]


def _frame(specimen: Specimen) -> rx.Component:
    return rx.el.figure(
        rx.el.figcaption(specimen.state, class_name="guide-state"),
        rx.el.div(specimen.draw(), class_name="guide-stage"),
        class_name="guide-specimen",
        data_testid="specimen",
    )


PAGE = Page(
    route="/styleguide",
    title="Style guide",
    description="Every component in all its states, for whoever works on this site.",
    build=_build,
)
