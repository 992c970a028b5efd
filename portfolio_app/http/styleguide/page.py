"""The page: the specimens of kit and of each feature, under what they are all made of."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http import site
from portfolio_app.http.content.loader import content
from portfolio_app.http.kit.layout import page_heading, page_section
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.specimen import Component, Group, Specimen, file_of, purpose
from portfolio_app.http.styleguide.foundations import foundations

_MODULE: Final = "portfolio_app.http.{}.specimens"
_FOUNDATIONS: Final = {"colour": "Colour", "type": "Type", "space": "Space"}
# Not under `assets/`: whatever is there is published.
_SHEET: Final = Path(__file__).with_name("sheet.css")


def specimens() -> list[ModuleType]:
    """The specimens of kit, then of each feature of this site that has components."""
    found = [_MODULE.format(room) for room in ("kit", *site.present(content().profile))]
    return [import_module(name) for name in found if find_spec(name)]


def all_groups() -> list[Group]:
    """What the page shows, in its order."""
    return [group for module in specimens() for group in module.groups()]


def _build() -> rx.Component:
    groups = all_groups()
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
