"""A receipt: the ledgers of a burst, joined by request id. The same under the controls and on the run's page."""

from typing import Any, Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.app.burst import words
from portfolio_app.http.burst.drawings import spread, timeline
from portfolio_app.http.kit.kinds import Child, Row, Text
from portfolio_app.http.kit.marks import icon, moment
from portfolio_app.http.log import waterfall
from portfolio_app.words import parts, said, t

_ROWS: Final = list[dict[str, Any]]
_OUTCOMES: Final = ", ".join(map(said, words.OUTCOMES))
_LAYERS: Final = {"received": "http", "stored": "infra", "pushed": "http"}
"""Whose ledger it is."""


def _title(*children: Child) -> rx.Component:
    return rx.el.h3(*children, class_name="receipt-title")


def _note(sentence: Text) -> rx.Component:
    return rx.el.p(sentence, class_name="receipt-note")


def _figure(receipt: Row, name: str) -> Text:
    figure = receipt[name]
    return rx.Var(f'({figure!s} ?? "{words.NONE}")', _var_data=figure._get_all_var_data()).to(str)


def _found_as(receipt: Row, test_id: str) -> Text:
    """`test_id` once there is a run: who waits for a figure must not find the place that is kept for it."""
    return rx.cond(receipt["run"], test_id, rx.Var("undefined"))


def _verdict(receipt: Row) -> rx.Component:
    mark = rx.cond(receipt["balanced"], icon("check"), icon("alert"))
    return rx.el.p(
        rx.cond(receipt["run"], mark, icon("clock")),
        rx.el.span(rx.cond(receipt["run"], receipt["verdict"], said(words.AWAITED))),
        class_name="receipt-verdict",
        data_balanced=receipt["balanced"],
        data_testid=_found_as(receipt, "burst-verdict"),
    )


def _ledger(receipt: Row, name: str) -> rx.Component:
    keeper, note = words.LEDGERS[name]
    return rx.el.div(
        rx.el.dt(said(name.capitalize()), " ", rx.el.span(said(keeper), class_name="ledger-keeper")),
        rx.el.dd(
            rx.el.span(
                _figure(receipt, name),
                class_name="ledger-count",
                data_testid=_found_as(receipt, f"ledger-{name}"),
            )
        ),
        rx.el.dd(
            said(note) if note else rx.cond(receipt["outcomes"], receipt["outcomes"], _OUTCOMES),
            class_name="ledger-note",
        ),
        class_name="ledger",
        data_layer=_LAYERS.get(name),
    )


def _ledgers(receipt: Row) -> rx.Component:
    return rx.el.dl(*(_ledger(receipt, name) for name in words.LEDGERS), class_name="ledgers")


def _mismatch(entry: Row) -> rx.Component:
    return rx.el.li(
        rx.el.code(entry["id"]),
        rx.el.span(entry["request"], ", ", entry["why"]),
        class_name="mismatch",
        data_testid="mismatch",
        data_missing=entry["missing"],
        data_request_id=entry["id"],
    )


def _mismatch_count(receipt: Row) -> rx.Component:
    return rx.fragment(
        *parts("Mismatches: {n}", n=rx.el.span(receipt["mismatch_count"], data_testid="ledger-mismatches"))
    )


def _mismatches(receipt: Row, *title: Child) -> rx.Component:
    listed = receipt["mismatches"].to(_ROWS)
    return rx.el.div(
        *title,
        rx.cond(
            listed.length() > 0,
            rx.el.ul(
                rx.foreach(listed, _mismatch),
                class_name="mismatches",
                tab_index=0,
                aria_label=t("Mismatches"),
            ),
            _note(said(words.ALL_FOUND)),
        ),
        rx.cond(receipt["more_mismatches"], _note(receipt["more_mismatches"].to(str))),
        rx.cond(receipt["first_failure"], rx.el.p(receipt["first_failure"], class_name="receipt-failure")),
    )


def _measure(receipt: Row, label: str, name: str, unit: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label),
        rx.el.dd(
            rx.el.span(_figure(receipt, name), data_testid=_found_as(receipt, f"burst-{name}")),
            rx.el.span(unit, class_name="measure-unit"),
        ),
        class_name="measure",
    )


def _measures(receipt: Row) -> rx.Component:
    latencies = (
        _measure(receipt, t("{name} from send", name=words.label(name)), name, "ms")
        for name in words.COMPARED
    )
    due = (
        _measure(receipt, t("{name} from due", name=words.label(name)), f"intended_{name}", "ms")
        for name in words.COMPARED
    )
    parts = (
        _measure(receipt, label, name, "ms")
        for name, label in {
            "whole": t("Mean"),
            **{name: said(label) for name, label in words.PARTS.items()},
        }.items()
    )
    return rx.el.dl(
        *latencies,
        *due,
        *parts,
        *(_measure(receipt, name, name, "ms") for name in ("p95", "max")),
        _measure(receipt, t("Rate"), "rps", "/s"),
        _measure(receipt, t("Took"), "elapsed", "s"),
        class_name="measures",
    )


def _slow(entry: Row, trace: Any) -> rx.Component:  # noqa: ANN401 (the Var of a trace, or of none)
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.b(entry["took"]),
                rx.el.span(entry["request"]),
                rx.el.code(entry["id"]),
                class_name="slow-head",
            ),
            rx.cond(trace, waterfall(trace.to(dict[str, Any])), _note(said(words.NOT_KEPT))),
            class_name="slow",
        ),
        data_testid="burst-slow",
    )


def _slowest(record: Row) -> rx.Component:
    slowest, recorded = shown_of(record)["slowest"].to(_ROWS), record["slowest"].to(_ROWS)
    return rx.el.div(
        _title(said(words.SLOWEST)),
        rx.cond(
            slowest.length() > 0,
            rx.el.ol(
                rx.foreach(
                    slowest, lambda entry, place: _slow(entry, recorded[place].to(dict[str, Any])["trace"])
                ),
                class_name="slowest",
            ),
            _note(t("No request ended.")),
        ),
    )


def download(href: Text, label: str) -> rx.Component:
    """A record as a file; not the router's link, for what it names is no page."""
    return A.create(icon("save"), label, href=href, download="", class_name="receipt-download")


def _charts(receipt: Row, *others: Child) -> rx.Component:
    answers = _note(t("{bytes} of answers.", bytes=receipt["bytes"]))
    return rx.el.div(*others, spread(receipt, answers), class_name="receipt-charts")


def _whole(record: Row) -> list[rx.Component]:
    receipt = shown_of(record)
    return [
        _charts(receipt, rx.el.div(timeline(receipt["timeline"]), class_name="receipt-chart")),
        _note(said(words.TIMES)),
        _mismatches(receipt, _title(_mismatch_count(receipt))),
        _slowest(record),
    ]


def _folded(record: Row) -> rx.Component:
    """The parts whose length nobody knows beforehand: they open when somebody asks, or when something is wrong."""
    receipt = shown_of(record)
    rest = t("how the times spread, and the slowest ten with their waterfalls")
    return rx.cond(
        receipt["run"],
        rx.el.details(
            rx.el.summary(
                rx.el.span(rx.el.b(_mismatch_count(receipt)), ", ", rest),
                class_name="receipt-more",
            ),
            _mismatches(receipt),
            _charts(receipt),
            _note(said(words.TIMES)),
            _slowest(record),
            open=~receipt["balanced"].to(bool),
            class_name="receipt-rest",
        ),
        rx.el.p(f"{t('Mismatches')}, ", rest, class_name="receipt-awaited"),
    )


def _origin(receipt: Row, link: Child) -> rx.Component:
    record = rx.Var.create("/api/runs/").to(str) + receipt["run"].to(str)
    recorded = rx.fragment(
        rx.el.p(
            *parts(
                "{started}, commit {commit}. {machine}.",
                started=moment(receipt["at"]),
                commit=rx.el.code(receipt["commit"]),
                machine=receipt["machine"],
            )
        ),
        rx.el.div(
            link,
            download(record + "?download", "JSON"),
            download(record + ".html?download", "HTML"),
            class_name="receipt-links",
        ),
    )
    promised = rx.el.p(t("A run gets a page of its own, for anybody, and two files: JSON and HTML."))
    return rx.el.footer(rx.cond(receipt["run"], recorded, promised), class_name="receipt-origin")


def shown_of(record: Row) -> Row:
    """A record in words and figures, which `app/burst/worded.py` adds to it."""
    return record["shown"].to(dict[str, Any])


def receipt_body(record: Row, *, link: Child = "", folded: bool = False) -> rx.Component:
    """`record` is what the site answers with, or what a tab has counted of a run until then; `link` leads to its page.

    A `folded` one keeps its height, whatever it says, unless it has something wrong to tell: the chart of the run
    stands above it already.
    """
    receipt = shown_of(record)
    return rx.el.div(
        _verdict(receipt),
        _ledgers(receipt),
        _measures(receipt),
        rx.el.p(
            rx.cond(receipt["run"], receipt["pace"], said(words.PACE_AWAITED)),
            class_name="receipt-pace",
            data_testid=_found_as(receipt, "burst-pace"),
        ),
        *([_folded(record)] if folded else _whole(record)),
        _origin(receipt, link),
        class_name="receipt",
        data_testid=rx.cond(receipt["run"], "burst-receipt", "burst-no-receipt"),
        data_run=receipt["run"],
    )
