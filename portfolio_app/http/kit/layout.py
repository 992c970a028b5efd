"""Panels, headings, readings, tables and cards, and how they stand on a page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit.form import error_text
from portfolio_app.http.kit.kinds import Child, Row, Rows, Text
from portfolio_app.http.kit.marks import icon, spoken
from portfolio_app.words import t


def panel(
    title: Child, *children: Child, aside: Child = "", anchor: str = "", **attributes: Text
) -> rx.Component:
    """A framed section with its own heading; `aside` stands at the heading's right.

    `anchor` is its address on the page, where it has one.
    """
    return rx.el.section(
        rx.el.header(
            rx.el.h2(title, class_name="panel-title"),
            rx.el.div(aside, class_name="panel-aside"),
            class_name="panel-head",
        ),
        *children,
        class_name="panel",
        # Not `id`: Reflex would make a ref of it.
        custom_attrs={"id": anchor} if anchor else {},
        **attributes,
    )


_RANK_BELOW: Final = {"h2": "h3", "h3": "h4"}


def lowered(part: rx.Component) -> rx.Component:
    """`part`, drawn for a page of its own, with its headings a rank lower: it stands under that of a section."""
    for child in part.children:
        if isinstance(child, rx.Component):
            child.tag = _RANK_BELOW.get(child.tag or "", child.tag)
            lowered(child)
    return part


_UNFED: Final = t("Nothing arrives here without a live connection.")


def empty_state(
    title: Text, hint: Text = "", *actions: Child, unfed: Text = _UNFED, **attributes: Text
) -> rx.Component:
    """Says that there is nothing yet, and what would put something here; `unfed` while there is no connection."""
    return rx.el.div(
        rx.el.p(title),
        rx.el.p(hint, class_name="empty-hint"),
        *actions,
        unconnected(unfed),
        class_name="empty",
        **attributes,
    )


_STILL: Final = t("JavaScript is off: what is live here needs it.")


def unconnected(words: Text, still: Child = _STILL) -> rx.Component:
    """A part that is shown only while there is no live connection; `still` where scripts are off."""
    return rx.fragment(rx.el.p(words, class_name="while-blocked"), _without_scripts(still))


def _without_scripts(words: Child) -> rx.Component:
    return rx.el.p(words, class_name="while-still")


def loading_state(label: Text, still: Child = _STILL) -> rx.Component:
    """Names what is being waited for; announced once, never animated. Without a connection it says so instead.

    `still` as in `unconnected`.
    """
    return rx.el.div(
        rx.el.p(label, class_name="loading-words"),
        unconnected(t("Not read: there is no live connection."), still),
        class_name="loading",
        role="status",
    )


def page_notice(said: Child, **attributes: Any) -> rx.Component:  # noqa: ANN401 (Vars and literals)
    """A sentence that concerns the page, or what is missing of it."""
    return rx.el.p(icon("alert"), rx.el.span(said), class_name="page-notice", **attributes)


def bench(*panels: Child) -> rx.Component:
    """Panels side by side where there is room, else one under the other."""
    return rx.el.div(*panels, class_name="bench", data_panels=str(len(panels)))


def column(*panels: Child) -> rx.Component:
    """Panels one under the other at every width."""
    return rx.el.div(*panels, class_name="column")


def fold(label: Child, *children: Child) -> rx.Component:
    """A part that a phone shows when it is opened; where there is room it is always open, and nothing is to press.

    An address inside of it opens it. Without scripts, too: the browser folds.
    """
    return rx.el.details(rx.el.summary(label, class_name="fold-head"), *children, class_name="fold")


def folded(heading: Child, label: Text, *children: Child) -> rx.Component:
    """A `fold` under a `heading` that opens it; `label` says what it opens."""
    return rx.el.div(heading, fold(spoken(label), *children), class_name="folded")


def table(
    heads: Iterable[Child], rows: Rows, each: Callable[[Row], rx.Component], *, label: Text, class_name: str
) -> rx.Component:
    """A table in a region that scrolls: `each` draws one of `rows`, `label` is the region's accessible name."""
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(words, scope="col") for words in heads))),
            rx.el.tbody(rx.foreach(rows, each)),
            class_name=class_name,
            data_testid=class_name,
        ),
        class_name="table-region",
        tab_index=0,
        role="region",
        aria_label=label,
    )


def tabs(panels: Mapping[str, Child], *, label: str) -> rx.Component:
    """One panel at a time, chosen by its name; `label` is the accessible name of the choice.

    Radio buttons: the browser walks them with arrow keys and selects, with scripts and without.
    """
    parts = [
        part
        for place, (name, panel) in enumerate(panels.items())
        for part in (
            rx.el.label(
                rx.el.input(type="radio", name=label, default_checked=place == 0, class_name="tab-choice"),
                name,
                class_name="tab",
            ),
            rx.el.div(panel, class_name="tab-panel", data_testid="tab-panel"),
        )
    ]
    return rx.el.div(
        rx.el.div(*parts, role="radiogroup", aria_label=label, class_name="tab-list"), class_name="tabs"
    )


def _heading(title: rx.Component, lede: Child, *more: Child) -> rx.Component:
    return rx.el.header(title, rx.el.p(lede, class_name="page-lede"), *more, class_name="page-heading")


def page_heading(title: Child, lede: Child = "", *more: Child) -> rx.Component:
    """The one `h1` of a page that has no hero."""
    return _heading(rx.el.h1(title, class_name="page-title"), lede, *more)


def section_heading(title: Text, lede: Child = "") -> rx.Component:
    """Opens a section of a longer page."""
    return _heading(rx.el.h2(title, class_name="section-title"), lede)


def page_section(title: Text, lede: Child, *content: Child, anchor: str) -> rx.Component:
    """A section of a longer page; `anchor` is its address on the page."""
    return rx.el.section(section_heading(title, lede), *content, id=anchor, class_name="page-section")


def _unbroken(label: str) -> list[Child]:
    """No line ends between the two signs of an arrow."""
    first, *rest = label.split("->")
    arrow = rx.el.span("->", class_name="stat-arrow")
    return [first, *(part for after in rest for part in (arrow, after))]


def stat_card(value: Text, label: str, proof: Text, mark: Child) -> rx.Component:
    """One thing that is true of the site and what it means, as a link to its `proof`; `mark` tells how that went."""
    # A link of the document: the browser goes to the claim itself.
    return A.create(
        rx.el.span(value, mark, class_name="stat-value"),
        " ",
        rx.el.span(*_unbroken(label), class_name="stat-label"),
        href=proof,
        class_name="stat",
        data_testid="stat-card",
    )


def stat_strip(*cards: Child, anchor: str | None = None) -> rx.Component:
    """Cards in one row, two by two on a phone; `anchor` is its address on the page, if it has one."""
    return rx.el.div(*cards, id=anchor, class_name="stats")


UNKNOWN: Final = "–"


@dataclass(frozen=True, slots=True)
class Fact:
    """One reading. A value that is None or empty shows as `unknown`."""

    label: str
    value: rx.Var[Any]
    unit: Text = ""
    unknown: Text = UNKNOWN


def fact_list(facts: Sequence[Fact]) -> rx.Component:
    """Readings, each beside what it is a reading of."""
    return rx.el.dl(*map(_reading, facts), class_name="facts")


def _reading(fact: Fact) -> rx.Component:
    unknown = fact.value.is_none() | (fact.value.to(str) == "")
    has_unit = isinstance(fact.unit, rx.Var) or fact.unit
    unit = [rx.el.span(fact.unit, class_name="fact-unit")] if has_unit else []
    return rx.el.div(
        rx.el.dt(fact.label),
        rx.el.dd(
            rx.cond(
                unknown, rx.el.span(fact.unknown, class_name="fact-unknown"), rx.fragment(fact.value, *unit)
            )
        ),
        class_name="fact",
        data_testid="fact",
    )


def demo_frame(title: Text, *children: Child, problem: Text = "") -> rx.Component:
    """The frame of a demo: its parts one under the other, and why its last action was refused."""
    return panel(
        title,
        rx.el.div(
            *children,
            error_text(problem, role="alert", data_testid="demo-problem"),
            _without_scripts(_STILL),
            class_name="demo",
        ),
        data_testid="demo",
    )


def demo_value(value: Child) -> rx.Component:
    """A value that a demo shows; assistive technology says each new one."""
    return rx.el.output(value, class_name="demo-value", data_testid="demo-value")
