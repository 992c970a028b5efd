"""A receipt: the ledgers of a burst, joined by request id. The same under the controls and on the run's page."""

from typing import Any, Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.burst.drawings import histogram, timeline
from portfolio_app.http.kit.icon import icon
from portfolio_app.http.kit.kinds import Child, Row, Text
from portfolio_app.http.kit.pill import pill
from portfolio_app.http.log.waterfall import waterfall

_ROWS: Final = list[dict[str, Any]]
_TIMES: Final = (
    "Times run from the call that sends a request to its answer's last byte. A browser's include the wait for one of "
    "its connections: over HTTP/1.1 it opens six to a site. A terminal opens as many as it has workers."
)


def _title(*words: Child) -> rx.Component:
    return rx.el.h3(*words, class_name="receipt-title")


def _note(words: str) -> rx.Component:
    return rx.el.p(words, class_name="receipt-note")


def _found_as(receipt: Row, test_id: str) -> Text:
    """`test_id` once there is a run: who waits for a figure must not find the place that is kept for it."""
    return rx.cond(receipt["run"], test_id, rx.Var("undefined"))


def _verdict(receipt: Row) -> rx.Component:
    mark = rx.cond(receipt["balanced"], icon("check"), icon("alert"))
    return rx.el.p(
        rx.cond(receipt["run"], mark, icon("clock")),
        rx.el.span(receipt["verdict"]),
        class_name="receipt-verdict",
        data_balanced=receipt["balanced"],
        data_testid=_found_as(receipt, "burst-verdict"),
    )


def _ledger(name: str, keeper: str, receipt: Row, note: Child, layer: Text = "") -> rx.Component:
    return rx.el.div(
        rx.el.dt(name.capitalize(), " ", rx.el.span(keeper, class_name="ledger-keeper")),
        rx.el.dd(
            rx.el.span(
                receipt[name], class_name="ledger-count", data_testid=_found_as(receipt, f"ledger-{name}")
            )
        ),
        rx.el.dd(note, class_name="ledger-note"),
        class_name="ledger",
        data_layer=layer or None,
    )


def _ledgers(receipt: Row) -> rx.Component:
    outcomes = rx.fragment(
        receipt["answered"], " answered, ", receipt["refused"], " refused, ", receipt["failed"], " failed"
    )
    return rx.el.dl(
        _ledger("sent", "by browser or terminal", receipt, outcomes),
        _ledger("received", "by the edge", receipt, "noted by the route that answered", "http"),
        _ledger("stored", "in the database", receipt, "rows, of writes only", "infra"),
        _ledger("pushed", "by the live feed", receipt, "seen to arrive in the network table", "http"),
        class_name="ledgers",
    )


def _mismatch(entry: Row) -> rx.Component:
    return rx.el.li(
        rx.el.code(entry["id"]),
        rx.el.span("request ", entry["n"], ", not ", entry["missing"], ": ", entry["why"]),
        class_name="mismatch",
        data_testid="mismatch",
        data_missing=entry["missing"],
        data_request_id=entry["id"],
    )


def _mismatch_count(receipt: Row) -> rx.Component:
    return rx.fragment("Mismatches: ", rx.el.span(receipt["mismatch_count"], data_testid="ledger-mismatches"))


def _mismatches(receipt: Row, *title: Child) -> rx.Component:
    listed = receipt["mismatches"].to(_ROWS)
    return rx.el.div(
        *title,
        rx.cond(
            listed.length() > 0,
            rx.el.ul(
                rx.foreach(listed, _mismatch), class_name="mismatches", tab_index=0, aria_label="Mismatches"
            ),
            _note("Every request id is in every ledger it belongs to."),
        ),
        rx.cond(
            receipt["mismatch_count"].to(int) > listed.length(),
            _note("There are more: these are the first by number."),
        ),
        rx.cond(
            receipt["failure"], rx.el.p("First failure: ", receipt["failure"], class_name="receipt-failure")
        ),
    )


def _measure(receipt: Row, label: str, name: str, unit: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label),
        rx.el.dd(
            rx.el.span(receipt[name], data_testid=_found_as(receipt, f"burst-{name}")),
            rx.el.span(unit, class_name="measure-unit"),
        ),
        class_name="measure",
    )


def _measures(receipt: Row) -> rx.Component:
    names = ("p50", "p90", "p95", "p99", "max", "mean")
    latencies = (_measure(receipt, name, name, "ms") for name in names)
    return rx.el.dl(
        *latencies,
        _measure(receipt, "Rate", "rps", "/s"),
        _measure(receipt, "Took", "elapsed", "s"),
        class_name="measures",
    )


def _slow(entry: Row) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.b(entry["took"]),
                rx.el.span("request ", entry["n"], ", ", entry["status"]),
                rx.el.code(entry["id"]),
                class_name="slow-head",
            ),
            rx.cond(
                entry["trace"],
                waterfall(entry["trace"].to(dict[str, Any])),
                _note("The trace of this request was not kept."),
            ),
            class_name="slow",
        ),
        key=entry["n"].to_string(),
        data_testid="burst-slow",
    )


def _slowest(receipt: Row) -> rx.Component:
    slowest = receipt["slowest"].to(_ROWS)
    return rx.el.div(
        _title("Slowest ten, each with its waterfall"),
        rx.cond(
            slowest.length() > 0,
            rx.el.ol(rx.foreach(slowest, _slow), class_name="slowest"),
            _note("No request ended."),
        ),
    )


def _statuses(receipt: Row) -> rx.Component:
    return rx.el.p(
        rx.foreach(receipt["statuses"].to(list[dict[str, str]]), lambda entry: pill(entry["k"], entry["v"])),
        class_name="receipt-statuses",
        aria_label="Answers by status",
        role="group",
    )


def download(href: Text, label: str) -> rx.Component:
    """A record as a file; not the router's link, for what it names is no page."""
    return A.create(icon("save"), label, href=href, download="", class_name="receipt-download")


def _charts(receipt: Row, *others: Child) -> rx.Component:
    spread = rx.el.div(
        histogram(receipt["bins"].to(_ROWS), receipt["marks"].to(_ROWS)),
        _statuses(receipt),
        class_name="receipt-spread",
    )
    return rx.el.div(*others, spread, class_name="receipt-charts")


def _whole(receipt: Row) -> list[rx.Component]:
    over_time = timeline(
        receipt["points"].to(_ROWS), waiting="No request ended, so there is nothing to draw."
    )
    return [
        _charts(receipt, rx.el.div(over_time, class_name="receipt-chart")),
        _note(_TIMES),
        _mismatches(receipt, _title(_mismatch_count(receipt))),
        _slowest(receipt),
    ]


def _folded(receipt: Row) -> rx.Component:
    """The parts whose length nobody knows beforehand: they open when somebody asks, or when something is wrong."""
    rest = "how the times spread, and the slowest ten with their waterfalls"
    return rx.cond(
        receipt["run"],
        rx.el.details(
            rx.el.summary(
                rx.el.span(rx.el.b(_mismatch_count(receipt)), ", ", rest),
                class_name="receipt-more",
            ),
            _mismatches(receipt),
            _charts(receipt),
            _note(_TIMES),
            _slowest(receipt),
            open=~receipt["balanced"].to(bool),
            class_name="receipt-rest",
        ),
        rx.el.p("Mismatches, ", rest, class_name="receipt-awaited"),
    )


def _origin(receipt: Row, link: Child) -> rx.Component:
    record = rx.Var.create("/api/runs/").to(str) + receipt["run"].to(str)
    recorded = rx.fragment(
        rx.el.p(
            receipt["started"], ", commit ", rx.el.code(receipt["commit"]), ". ", receipt["machine"], "."
        ),
        rx.el.div(
            link,
            download(record + "?download", "JSON"),
            download(record + ".html?download", "HTML"),
            class_name="receipt-links",
        ),
    )
    promised = rx.el.p("A run gets a page of its own, for anybody, and two files: JSON and HTML.")
    return rx.el.footer(rx.cond(receipt["run"], recorded, promised), class_name="receipt-origin")


def receipt_body(receipt: Row, *, link: Child = "", folded: bool = False) -> rx.Component:
    """`receipt` is what `burst/receipt.js` makes of a record, or of none; `link` leads to its page.

    A `folded` one keeps its height, whatever it says, unless it has something wrong to tell: the chart of the run
    stands above it already.
    """
    return rx.el.div(
        _verdict(receipt),
        _ledgers(receipt),
        _measures(receipt),
        *([_folded(receipt)] if folded else _whole(receipt)),
        _origin(receipt, link),
        class_name="receipt",
        data_testid=rx.cond(receipt["run"], "burst-receipt", "burst-no-receipt"),
        data_run=receipt["run"],
    )
