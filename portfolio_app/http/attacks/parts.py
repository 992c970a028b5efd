"""An attack: what it tries, the button that does it, and what the site answered."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import error_text
from portfolio_app.http.kit.kinds import Flag, Handler, Row, Text
from portfolio_app.http.kit.layout import folded
from portfolio_app.http.kit.marks import icon, spoken
from portfolio_app.words import parts, t


def attack_card(
    name: str,
    title: str,
    story: str,
    *,
    report: rx.vars.ObjectVar[Any],
    draw: Callable[[rx.vars.ObjectVar[Any]], rx.Component],
    problem: Text,
    running: Flag,
    busy: Flag,
    on_run: Handler,
) -> rx.Component:
    """`report` is undefined until the attack has run; `draw` is given it then. `on_run` is given the name."""
    return rx.el.article(
        rx.el.header(
            folded(
                rx.el.h3(title, class_name="attack-title"),
                t("What it does: {title}", title=title),
                rx.el.p(story, class_name="attack-story"),
            ),
            class_name="attack-words",
        ),
        button(
            rx.fragment(
                rx.cond(running, t("Attacking\u2026"), t("Attack")),
                spoken(f": {title}"),
            ),
            icon_name="play",
            on_click=rx.cond(busy, rx.noop(), on_run(name)),
            idle=busy,
            test_id="attack-run",
        ),
        rx.el.div(
            error_text(problem, data_testid="attack-problem"),
            rx.cond(report, draw(report)),
            class_name="attack-result",
            # An attribute, as a style with `:has` would be computed again for every row that comes in on the page.
            data_empty=rx.cond(report, False, problem == ""),
            aria_live="polite",
        ),
        class_name="attack",
        data_testid="attack",
        data_attack=name,
    )


def attack_report(report: rx.vars.ObjectVar[Any], on_trace: Handler) -> rx.Component:
    """The site's answers to an attack, and the rows that it left: see `AttackView` in `http/attacks/run.py`."""
    rows = list[dict[str, Any]]
    return rx.el.div(
        rx.el.p(
            rx.cond(report["survived"], icon("check"), icon("alert")),
            report["verdict"],
            class_name="attack-verdict",
            data_survived=report["survived"],
            data_testid="attack-verdict",
        ),
        rx.el.ol(rx.foreach(report["answers"].to(rows), _answer), class_name="attack-answers"),
        _counts(report["counts"].to(rows)),
        rx.el.footer(
            rx.el.p(*parts("Rows removed afterwards: {n}", n=rx.el.output(report["removed"]))),
            button(t("Open its waterfall"), on_click=on_trace),
            class_name="attack-foot",
        ),
        class_name="attack-report",
        data_testid="attack-report",
    )


def _answer(answer: Row) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.cond(answer["times"].to(int) > 1, rx.fragment(answer["times"], " \u00d7 "), ""),
            rx.el.b(answer["outcome"]),
            rx.cond(
                answer["refused"],
                rx.fragment(*parts(" by {layer}", layer=rx.el.b(answer["layer"], class_name="attack-layer"))),
                "",
            ),
        ),
        rx.cond(
            answer["refused"],
            rx.el.p(
                rx.el.span(answer["status"], class_name="attack-status"),
                answer["text"],
            ),
        ),
        rx.el.code(answer["where"], class_name="attack-where"),
        rx.el.code(answer["code"], class_name="attack-code"),
        key=answer["key"],
        class_name="attack-answer",
        data_layer=answer["layer"],
        data_status=answer["status"],
        data_testid="attack-answer",
    )


def _counts(rows: Any) -> rx.Component:  # noqa: ANN401 (a Var of rows)
    return rx.el.table(
        rx.el.caption(spoken(t("Rows in the sandbox"))),
        rx.el.thead(
            rx.el.tr(*(rx.el.th(head, scope="col") for head in (t("Rows"), t("Before"), t("After"))))
        ),
        rx.el.tbody(
            rx.foreach(
                rows,
                lambda row: rx.el.tr(
                    rx.el.th(row["table"], scope="row"),
                    rx.el.td(row["before"]),
                    rx.el.td(row["after"]),
                    key=row["table"],
                    data_testid="attack-rows",
                ),
            )
        ),
        class_name="attack-counts",
    )


def attack_grid(*cards: rx.Component) -> rx.Component:
    """Cards, beside each other in two columns: one that grows moves only those below it."""
    columns = (rx.el.div(*column, class_name="attack-column") for column in (cards[::2], cards[1::2]))
    return rx.el.div(*columns, id="break-it", class_name="attacks")
