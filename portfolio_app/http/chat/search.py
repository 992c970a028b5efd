"""Looking for words in the room that a tab is in."""

from dataclasses import dataclass
from typing import Final

import reflex as rx
from pydantic import Field

from portfolio_app.app.chat.search import SearchPage
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.domain.chat.message import Message, MessageStatus
from portfolio_app.domain.chat.search import SearchQuery
from portfolio_app.http.chat.state import room_of
from portfolio_app.http.chat.views import message_view
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import error_text, form
from portfolio_app.http.kit.kinds import Flag, Handler, Row, RowHandler, Rows, Text
from portfolio_app.http.kit.marks import HIDDEN, moment, tag
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Form
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import t

MOST_HITS: Final = 100
"""Results that a tab lists: who wants to see more of them needs another word."""
_SHOWN: Final = 140
"""Characters of a message in the list, and how many of them stand before the word that was found."""
_BEFORE: Final = 40
SEARCH: Final = Unsent(
    "search",
    t("Nothing looked for"),
    t("Searching needs the scripts of the page, which had not loaded yet."),
    "/chat",
    t("Open the chat"),
)


class SearchForm(Form):
    """The words to look for; their length here only bounds the work."""

    query: str = Field(max_length=20_000)


@dataclass(frozen=True, slots=True)
class HitView:
    """A result: the message, where it stands, who wrote it, when, and the part of it around what was looked for."""

    id: str
    pos: int
    author: str
    tag: str
    at: int
    text: str


def hit_view(message: Message, query: SearchQuery) -> HitView:
    """The row; a cut is shown as such."""
    row = message_view(message)
    body = " ".join(row.body.split())
    start = max(0, query.place_in(body) - _BEFORE)
    text = "…" * (start > 0) + body[start : start + _SHOWN] + "…" * (start + _SHOWN < len(body))
    return HitView(row.id, row.pos, row.author, row.tag, row.at, text)


class SearchState(rx.State):
    """Results in `room`, newest first; `before` is where older ones go on, 0 for none."""

    room: rx.Field[str] = rx.field("")
    query: rx.Field[str] = rx.field("")
    hits: rx.Field[list[HitView]] = rx.field(default_factory=list)
    before: rx.Field[int] = rx.field(0)
    problem: rx.Field[str] = rx.field("")

    def _not_found(self, error: ErrorView, _payload: Payload) -> None:
        self.room, self.query, self.hits, self.before = room_of(self.router.url.path), "", [], 0
        self.problem = error.text

    @action("chat.search", live=False, refused=_not_found, rate=Rates.SEARCH_SESSION)
    async def search(self, wanted: SearchForm) -> None:
        """List the newest messages that hold the words."""
        room = room_of(self.router.url.path)
        page = await services().search_room(room, wanted.query)
        self.room, self.query, self.hits = room, " ".join(page.query.words), []
        self._list(page)

    @action("chat.search_older", live=False, rate=Rates.SEARCH_SESSION)
    async def older(self) -> None:
        """List older ones of the same room, too; where that is refused, those that are listed stay."""
        if room_of(self.router.url.path) == self.room:
            self._list(await services().search_room(self.room, self.query, self.before))

    def _list(self, page: SearchPage) -> None:
        found = [hit_view(message, page.query) for message in page.messages]
        self.hits, self.problem = (self.hits + found)[:MOST_HITS], ""
        self.before = page.before if len(self.hits) < MOST_HITS else 0

    @action("chat.search_changed", live=False, refused=_not_found)
    async def reread(self) -> None:
        """Read the results again: no text stays here that is gone or was written anew, and no name of who left."""
        room = room_of(self.router.url.path)
        if room != self.room or not self.query:
            self._put_away()
            return
        query, ids = SearchQuery.parse(self.query), [hit.id for hit in self.hits]
        found = {message.id: message for message in await services().read_quotes(room, ids)}
        there = [found[hit.id] for hit in self.hits if hit.id in found]
        self.hits = [hit_view(message, query) for message in there if message.status is MessageStatus.VISIBLE]

    @action("chat.search_close", live=False)
    async def close(self) -> None:
        """Put the results away."""
        self._put_away()

    def _put_away(self) -> None:
        self.room, self.query, self.hits, self.before = "", "", [], 0


@dataclass(frozen=True, slots=True)
class Found:
    """The findings of a search: `query` is empty before the first one, `more` says that there are older ones.

    `on_open` is called with a result's place.
    """

    query: Text
    hits: Rows
    more: Flag | bool
    problem: Text
    on_search: Handler
    on_older: Handler
    on_close: Handler
    on_open: RowHandler
    field: str = "query"
    """The id of the field, which is its name: a form sends what has an id under that, too."""


def search_panel(found: Found) -> rx.Component:
    """A field, and under it the results with author and time; one that is pressed comes into view in the room."""
    field = form(
        rx.el.input(
            id=found.field,
            name="query",
            type="search",
            placeholder=t("Search this room"),
            aria_label=t("Search this room"),
            auto_complete="off",
            enter_key_hint="search",
            dir="auto",
            class_name="search-input",
            data_testid="search-input",
        ),
        button(t("Search"), kind="plain", submits=True, test_id="search-go"),
        unsent=SEARCH,
        role="search",
        class_name="search-form",
        on_submit=found.on_search,
    )
    listed = rx.fragment(
        rx.el.ul(rx.foreach(found.hits, lambda hit: _hit(hit, found.on_open)), class_name="search-hits"),
        rx.el.div(
            rx.cond(
                found.more,
                button(t("Older results"), kind="plain", on_click=found.on_older, test_id="search-older"),
            ),
            # The button goes away with them, and would take the focus along.
            button(
                t("Close results"),
                kind="plain",
                on_click=[rx.set_focus(found.field), found.on_close],
                test_id="search-close",
            ),
            class_name="search-foot",
        ),
    )
    count = found.hits.length()
    some = rx.cond(
        found.more | (count == MOST_HITS),
        t("The newest {count} messages with", count=count),
        t("{count} found with", count=count),
    )
    words = rx.el.p(
        rx.cond(count > 0, some, t("Nothing found with")),
        " ",
        rx.el.b(found.query, dir="auto"),
        class_name="search-count",
    )
    return rx.el.div(
        field,
        error_text(found.problem, role="alert"),
        rx.el.div(rx.cond(found.query, words), role="status", data_testid="search-count"),
        rx.cond(found.query, listed),
        class_name="room-search",
        data_testid="room-search",
    )


def _hit(hit: Row, on_open: RowHandler) -> rx.Component:
    head = rx.el.span(
        rx.el.b(hit["author"]),
        rx.cond(hit["tag"], tag(hit["tag"])),
        moment(hit["at"]),
        class_name="search-head",
    )
    opens = rx.el.span(f"{t('Show in the room:')} ", class_name=HIDDEN)
    return rx.el.li(
        rx.el.button(
            opens,
            head,
            rx.el.span(hit["text"], dir="auto", class_name="search-text"),
            type="button",
            on_click=on_open(hit["pos"]),
            class_name="search-hit",
            data_testid="search-hit",
        )
    )
