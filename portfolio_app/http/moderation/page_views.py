"""How often pages were opened, for moderators, where the owner has that counted."""

from dataclasses import asdict, dataclass
from typing import Final

import reflex as rx

from portfolio_app.app.page_views import DAYS, ViewsReport
from portfolio_app.http.kit.kinds import Number, Row, Rows, Text
from portfolio_app.http.kit.layout import empty_state, panel, table
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of, sid_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import part, services
from portfolio_app.words import day, t

MOST_PAGES: Final = 100
"""Lines of the table; a page nobody opened in the last 30 days has none."""
_HIGH: Final = 40
_TITLE: Final = t("Page views")
_COLUMNS: Final = {
    "page": t("Page"),
    "today": t("Today"),
    "week": t("7 days"),
    "month": t("30 days"),
}


@dataclass(frozen=True, slots=True)
class PageViewsRow:
    """A line of the table."""

    page: str
    today: int
    week: int
    month: int


@dataclass(frozen=True, slots=True)
class DaysView:
    """The days of a report: their bars as a path that is 100 wide, the first and the last, and what they show."""

    bars: str = ""
    first: str = ""
    last: str = ""
    words: str = ""


def rows_view(report: ViewsReport) -> list[PageViewsRow]:
    """The table, the most viewed pages first."""
    return [PageViewsRow(each.page, each.today, each.week, each.month) for each in report.pages[:MOST_PAGES]]


def days_view(report: ViewsReport) -> DaysView:
    """One bar a day."""
    counts = [views for _, views in report.days]
    most, wide = max(counts), 100 / DAYS
    bars = "".join(
        f"M{at * wide:.2f} {_HIGH}V{_HIGH - views / most * _HIGH:.2f}h{wide * 0.8:.2f}V{_HIGH}Z"
        for at, views in enumerate(counts)
        if views
    )
    busiest = next(at for at, views in report.days if views == most)
    words = t(
        "{total} views in 30 days; most on {day}: {most}.", total=sum(counts), day=day(busiest), most=most
    )
    return DaysView(bars, day(report.days[0][0]), day(report.days[-1][0]), words)


class PageViewsState(rx.State):
    """Counts as they were when the page was opened; empty for anyone but a moderator, and while nothing is counted.

    They are sent, not kept, as `ModerationState`.
    """

    counting: rx.Field[bool] = rx.field(False)
    rows: rx.Field[list[PageViewsRow]] = rx.field(default_factory=list)
    bars: rx.Field[str] = rx.field("")
    first: rx.Field[str] = rx.field("")
    last: rx.Field[str] = rx.field("")
    words: rx.Field[str] = rx.field("")

    def _closed(self, _error: ErrorView, _payload: Payload) -> None:
        self.counting, self.rows = False, []
        self.bars = self.first = self.last = self.words = ""

    @action("page_views.read", live=False, refused=_closed)
    async def load(self) -> None:
        """Read the counts."""
        read = services().read_page_views
        report = await read(caller_of(self))
        rows = [asdict(row) for row in rows_view(report)]
        days = asdict(days_view(report) if rows else DaysView())
        await part(Push).send(sid_of(self), PageViewsState, counting=read.counting, rows=rows, **days)


def _row(row: Row) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row["page"], scope="row", dir="ltr"),
        *(rx.el.td(row[column].to(int)) for column in list(_COLUMNS)[1:]),
        key=row["page"],
        data_testid="page-views-row",
    )


def page_views_panel(*, rows: Rows, bars: Text, first: Text, last: Text, words: Text) -> rx.Component:
    """A row has page, today, week and month; `bars` is the path of one bar a day, from `first` to `last`."""
    chart = rx.el.figure(
        rx.el.svg(
            rx.el.path(d=bars),
            view_box=f"0 0 100 {_HIGH}",
            custom_attrs={"preserveAspectRatio": "none"},
            aria_hidden="true",
        ),
        rx.el.p(rx.el.span(first), rx.el.span(last), class_name="page-views-days", aria_hidden="true"),
        rx.el.figcaption(words),
        class_name="page-views-chart",
    )
    nothing = empty_state(
        t("Nothing was counted yet."),
        t("Counts are written twice a minute. Of those who open a page nothing is kept."),
    )
    listed = table(_COLUMNS.values(), rows, _row, label=_TITLE, class_name="page-views")
    counted: Number = rows.length()
    return panel(_TITLE, rx.cond(counted > 0, rx.fragment(chart, listed), nothing), data_panel="page-views")
