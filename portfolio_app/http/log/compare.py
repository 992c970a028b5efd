"""Two requests of a visitor on one axis: the page at `/traces/<one>?with=<the other>`."""

from typing import Any, Final

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from portfolio_app.app.critical_path import differences
from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.live_feed import Trace
from portfolio_app.http.content.loader import content
from portfolio_app.http.kit.button import button, link_button
from portfolio_app.http.kit.form import choice, error_text
from portfolio_app.http.kit.kinds import Row, Rows, Text
from portfolio_app.http.kit.layout import column, loading_state, page_heading, panel, table
from portfolio_app.http.kit.marks import as_text, instant, short_id
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.problem import problem
from portfolio_app.http.log.trace import waterfall
from portfolio_app.http.log.trace_views import TraceView, scale_of, timed, trace_view
from portfolio_app.http.log.views import ChoiceView, DifferenceView, choice_view, difference_view, summary_of
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Request
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import parts, t

_PATH: Final = "/traces/"
_CHOICES: Final = 60
_NONE: Final = (404, 422)
_GONE: Final = t("The other request is not kept: it is none of the last 200 of your session.")
_SAME: Final = t("That is the same request: choose another one.")
_PAIR: Final = "pair"
"""The id of the part of the page in which the other request is chosen."""


class OtherDTO(Request):
    """The request that one is laid beside; empty for none."""

    request_id: str = Field(pattern="^([0-9a-f]{32})?$")


class PairState(rx.State):
    """`status` is loading, shown, missing or failed, the last with a `problem`. Without an `other` request the first
    one stands alone; `other_problem` says why, if one was asked for.
    """

    status: rx.Field[str] = rx.field("loading")
    problem: rx.Field[str] = rx.field("")
    first: rx.Field[TraceView | None] = rx.field(None)
    second: rx.Field[TraceView | None] = rx.field(None)
    other: rx.Field[str] = rx.field("")
    other_problem: rx.Field[str] = rx.field("")
    summary: rx.Field[str] = rx.field("")
    rows: rx.Field[list[DifferenceView]] = rx.field(default_factory=list)
    choices: rx.Field[list[ChoiceView]] = rx.field(default_factory=list)

    def _not_read(self, error: ErrorView, _payload: Payload) -> None:
        self.status, self.problem = "missing" if error.status in _NONE else "failed", error.text
        self.first = self.second = None

    def _not_beside(self, error: ErrorView, _payload: Payload) -> None:
        self.other, self.second, self.rows, self.summary = "", None, [], ""
        self.other_problem = _GONE if error.status in _NONE else error.text

    @action("trace.beside", live=False, refused=_not_read)
    async def open(self) -> None:
        """Read the request of the address, and what it can be laid beside."""
        first, session_id = self._own(self._named()), caller_of(self).session_id
        recent = services().live_feed.recent(session_id).network
        self.choices = [choice_view(row) for row in reversed(recent) if row.request_id != first.request_id][
            :_CHOICES
        ]
        self.first, self.status, self.problem = trace_view(first, code=False), "shown", ""

    @action("trace.beside", live=False, refused=_not_beside)
    async def open_other(self) -> None:
        """Lay beside it the request that the address names, too."""
        self._lay_beside(self.router.url.query_parameters.get("with", ""))

    @action("trace.beside", live=False, refused=_not_beside)
    async def choose(self, other: OtherDTO) -> EventSpec:
        """Lay another request beside it, or none; the address then names both, and the place where one chose."""
        self._lay_beside(other.request_id)
        named = f"?with={self.other}" if self.other else ""
        # Without a place, a new address begins at the top of its page.
        return rx.redirect(f"{self.router.url.path}{named}#{_PAIR}", replace=True)

    def _lay_beside(self, other: str) -> None:
        self.other, self.other_problem, self.second, self.rows, self.summary = "", "", None, [], ""
        if other == self._named():
            self.other_problem = _SAME
        elif self.status == "shown":
            first = self._own(self._named())
            self.first = trace_view(first, code=False)
            if other:
                self._show(first, self._own(other))

    def _show(self, first: Trace, second: Trace) -> None:
        scale = max(scale_of(first.spans), scale_of(second.spans))
        self.first, self.second = (trace_view(trace, code=False, scale_us=scale) for trace in (first, second))
        self.other, found = second.request_id, differences(timed(first.spans), timed(second.spans))
        self.rows, self.summary = [difference_view(each) for each in found], summary_of(found)

    def _named(self) -> str:
        return self.router.url.path.partition(_PATH)[2].strip("/")

    def _own(self, request_id: str) -> Trace:
        return _trace(request_id, caller_of(self).session_id)


def _trace(request_id: str, session_id: str) -> Trace:
    found = services().live_feed.trace(session_id, request_id)
    if found is None:
        raise NotFound(_GONE)
    return found


async def _find(request_id: str, session_id: str) -> None:
    _trace(request_id, session_id)


def _row(row: Row) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row["name"], scope="row"),
        *(rx.el.td(row[name]) for name in ("first", "second", "more")),
        class_name="pair-row",
    )


def _table(rows: Rows) -> rx.Component:
    heads = (t("Step on the critical path"), t("First"), t("Second"), t("Difference"))
    return table(heads, rows, _row, label=t("Both critical paths, step by step"), class_name="pair")


def pair_choice(choices: Rows, *, chosen: Text, wrong: Text, on_choose: Any) -> rx.Component:  # noqa: ANN401 (a handler)
    """Choose the request to lay beside; `wrong` says why the one that was asked for is not there."""
    known = choices.pluck("request_id").to(list[str]).contains(chosen)
    return rx.fragment(
        choice(
            t("Lay beside it"),
            rx.el.option(t("Choose one of your requests"), value=""),
            rx.cond((chosen != "") & ~known, rx.el.option(short_id(chosen), value=chosen)),
            rx.foreach(
                choices,
                lambda listed: rx.el.option(
                    as_text(listed["at"], "instant"),
                    f": {listed['label']}",
                    value=listed["request_id"].to(str),
                ),
            ),
            value=chosen,
            on_change=on_choose,
            count=choices.length(),
            name="pair-other",
        ),
        error_text(wrong, role="alert", data_testid="pair-error"),
    )


def beside(label: str, trace: Row, test_id: str) -> rx.Component:
    """One of the two."""
    title = rx.fragment(f"{label}: ", *parts("{name} took {took}", name=trace["name"], took=trace["took"]))
    return panel(
        title,
        waterfall(trace),
        aside=rx.fragment(
            short_id(trace["request_id"]), " · ", *parts("from {at}", at=instant(trace["started"]))
        ),
        data_panel="beside",
        data_testid=test_id,
        data_request_id=trace["request_id"],
    )


def _shown() -> rx.Component:
    first = rx.Var.create(PairState.first).to(dict[str, Any])
    second = rx.Var.create(PairState.second).to(dict[str, Any])
    choice = pair_choice(
        PairState.choices, chosen=PairState.other, wrong=PairState.other_problem, on_choose=PairState.choose
    )
    sums = rx.fragment(
        rx.el.p(PairState.summary, class_name="pair-sum", data_testid="pair-sum"), _table(PairState.rows)
    )
    return rx.fragment(
        page_heading(
            t("Two of your requests"), t("On one axis, each with the steps that decided when it ended.")
        ),
        column(
            panel(
                t("Beside each other"),
                choice,
                rx.cond(PairState.other, sums),
                anchor=_PAIR,
                data_panel="pair",
            ),
            beside(t("First"), first, "trace-first"),
            rx.cond(PairState.other, beside(t("Second"), second, "trace-second")),
        ),
    )


def _build() -> rx.Component:
    missing = problem(
        "404",
        t("This request is not kept."),
        t(
            "Each visitor can open the last 200 requests of their own session, and no others. The live log lists yours."
        ),
        link_button(t("Go to the live log"), "/#log", kind="primary"),
    )
    again = button(t("Try again"), kind="primary", on_click=[PairState.open, PairState.open_other])
    failed = problem("503", t("The request could not be read."), PairState.problem, again)
    loading = loading_state(t("Reading the request…"))
    shown = rx.cond(PairState.first, _shown(), loading)
    return rx.match(PairState.status, ("shown", shown), ("missing", missing), ("failed", failed), loading)


def _title() -> rx.Var[str]:
    about = rx.cond(PairState.status == "missing", t("Not found"), t("Two requests"))
    return rx.Var.create(f"{about} – {content().profile.site}").to(str)


PAGE: Final = Page(
    route="/traces/[request_id]",
    title=t("Two requests"),
    description=t("Two of your own requests on one axis, step by step, with what decided when each ended."),
    build=_build,
    on_load=(PairState.open, PairState.open_other),
    parameter="[0-9a-f]{32}",
    scriptless="/api/traces/{}",
    find=_find,
    shown_title=_title,
)
