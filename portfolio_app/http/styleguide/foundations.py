"""What every component is made of: colours with their contrast, type, space."""

from collections.abc import Iterable
from typing import Any, Final

import reflex as rx

from portfolio_app.http.kit.layer import LAYERS
from portfolio_app.http.kit.layout import page_section
from portfolio_app.http.kit.palette import THEMES, Theme, colours, contrast, lengths

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
