"""The style guide: colours with their contrast, type and space, then every component in all its states.

One page, which only `make dev` has.
"""

from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http import demos, site
from portfolio_app.http.content.loader import content
from portfolio_app.http.kit.layout import page_heading, page_section
from portfolio_app.http.kit.marks import LAYERS
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.palette import THEMES, Theme, colours, contrast, lengths
from portfolio_app.http.kit.specimen import Component, Group, Specimen, file_of, purpose, specimen

GROUNDS: Final = ("ground", "surface", "sunken")
TEXTS: Final = ("ink", "muted", "accent", "danger")
MARKS: Final = ("edge", "accent-edge", "line")
_SAMPLE: Final = "Post, and watch the backend do it"


def foundations() -> tuple[rx.Component, ...]:
    """The sections that show no component."""
    return (
        page_section(
            "Colour",
            "Hues mean something: four stand for the layers, one for actions, one for trouble. Each ratio is "
            "computed from the stylesheet, and is the lowest on ground, surface and sunken.",
            _swatches("Grounds", GROUNDS),
            _swatches("Text", TEXTS, measured=True),
            _swatches("Layers, as text", LAYERS, measured=True),
            _swatches("Layers, as marks", [f"{layer}-mark" for layer in LAYERS], measured=True),
            _swatches("Edges and marks", MARKS, measured=True),
            _on_accent(),
            anchor="colour",
        ),
        page_section("Type", "One sans for prose, one mono for what a machine said.", _type(), anchor="type"),
        page_section("Space", "Steps of a quarter of the root size.", _space(), anchor="space"),
    )


def _styled(**properties: str) -> dict[str, Any]:
    style = rx.Var.create({f"--{name}": value for name, value in properties.items()})
    return {"style": style}


def _swatches(title: str, names: Iterable[str], *, measured: bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.h3(title, class_name="guide-subtitle"),
        rx.el.ul(*(_swatch(name, measured=measured) for name in names), class_name="guide-swatches"),
    )


def _swatch(name: str, *, measured: bool) -> rx.Component:
    return rx.el.li(
        rx.el.span(class_name="guide-colour", custom_attrs=_styled(colour=f"var(--{name})")),
        rx.el.b(name, class_name="guide-token"),
        *(rx.el.span(_values(name, theme, measured=measured)) for theme in THEMES),
        class_name="guide-swatch",
    )


def _values(name: str, theme: Theme, *, measured: bool) -> str:
    known = colours(theme)
    lowest = min(contrast(known[name], known[ground]) for ground in GROUNDS)
    ratio = f", {_ratio(lowest)}" if measured else ""
    return f"{theme} {known[name]}{ratio}"


def _ratio(value: float) -> str:
    # Rounded down: 6.96 must not pass for 7.
    return f"{int(value * 10) / 10}:1"


def _on_accent() -> rx.Component:
    known = colours("light")
    ratio = _ratio(contrast(known["accent-ink"], known["accent-fill"]))
    return rx.el.p(f"accent-ink on accent-fill, both themes: {ratio}", class_name="guide-accent")


def _type() -> rx.Component:
    return rx.el.ul(
        *(
            rx.el.li(
                rx.el.span(f"{name} {size}", class_name="guide-measure"),
                rx.el.p(_SAMPLE, class_name="guide-sans"),
                rx.el.p("GET /api/runs 200 in 1.42 ms", class_name="guide-mono"),
                class_name="guide-size",
                custom_attrs=_styled(size=f"var(--{name})"),
            )
            for name, size in lengths("text-").items()
        )
    )


def _space() -> rx.Component:
    return rx.el.ul(
        *(
            rx.el.li(
                rx.el.span(f"{name} {size}", class_name="guide-step-name"),
                rx.el.span(class_name="guide-bar", custom_attrs=_styled(length=f"var(--{name})")),
                class_name="guide-step",
            )
            for name, size in lengths("s").items()
            if name[1:].isdigit()
        )
    )


_MODULE: Final = "portfolio_app.http.{}.specimens"
_FOUNDATIONS: Final = {"colour": "Colour", "type": "Type", "space": "Space"}
# Not under `assets/`: whatever is there is published.
_SHEET: Final = Path(__file__).with_name("sheet.css")


def specimens() -> list[ModuleType]:
    """The specimens of kit, then of each feature of this site that has components."""
    found = [_MODULE.format(room) for room in ("kit", *site.present(content().profile))]
    return [import_module(name) for name in found if find_spec(name)]


def all_groups() -> list[Group]:
    """All groups of specimens, in the order of the page."""
    return [*(group for module in specimens() for group in module.groups()), *_demos()]


def _demos() -> list[Group]:
    """The owner's own demos, as they are found."""
    found = tuple(specimen(f"demo {demo.name}", demos.body_of, demo) for demo in demos.found())
    return [Group("Demos", "What stands on the page of each demo.", found)] if found else []


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
    by_component = groupby(group.specimens, lambda each: each.component)
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


def _frame(shown: Specimen) -> rx.Component:
    return rx.el.figure(
        rx.el.figcaption(shown.state, class_name="guide-state"),
        rx.el.div(shown.draw(), class_name="guide-stage"),
        class_name="guide-specimen",
        data_testid="specimen",
    )


PAGE = Page(
    route="/styleguide",
    title="Style guide",
    description="Every component in all its states, for whoever works on this site.",
    build=_build,
)
