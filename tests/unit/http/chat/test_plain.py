"""A message in the room without scripts."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.app.chat import history
from portfolio_app.app.chat.history import HistoryPage, Part
from portfolio_app.app.chat.read_room import RoomWindow
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.chat.message import Author, Message, MessageBody
from portfolio_app.domain.chat.pieces import ReadPieces
from portfolio_app.domain.chat.room import Room, RoomSlug
from portfolio_app.http.chat import plain, views
from portfolio_app.http.content import code_blocks as code
from tests.fakes.clock import FakeClock
from tests.fakes.samples import message, user
from tests.unit.domain.strategies import ANY_TEXT


@pytest.fixture(autouse=True)
def _pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "services", lambda: SimpleNamespace(read_pieces=ReadPieces(Hosts())))


def shown(body: str) -> str:
    return plain._message(replace(message(), body=MessageBody.parse(body)), {}, {})


def page(*messages: Message, **more: Any) -> str:
    """The page of a window with these messages, its room and its edges as in `more`."""
    room = replace(Room(RoomSlug("lobby"), "Lobby"), **{name: more.pop(name) for name in ROOM & more.keys()})
    return plain._room(RoomWindow(room, messages, (), **more), {}, "client-0001")


ROOM = {"archived", "slow_s"}


def test_a_message_of_last_year_does_not_look_like_one_of_today() -> None:
    assert "2 January 2026, 12:00</time>" in page(
        replace(message(), posted_at=datetime(2026, 1, 2, 12, tzinfo=UTC))
    )


def test_a_message_says_that_it_was_edited_and_whose_it_is() -> None:
    written = message("by the owner")
    assert "edited" not in page(written)
    assert "edited" in page(replace(written, edited_at=written.posted_at))
    ada = user(FakeClock(), "ada", Role.OWNER)
    by_ada = replace(written, author=Author("ada", "", "session", 7))
    assert "<small>owner</small>" in page(by_ada, staff=(ada,))
    assert "<small>owner</small>" not in page(written, staff=(ada,))


def test_an_archived_room_has_no_form_and_a_slow_one_says_how_slow() -> None:
    assert "<form" in page()
    archived = page(archived=True)
    assert "<form" not in archived
    assert "This room is archived: it can be read, not written to." in archived
    assert "Slow mode: one message every 5 seconds." in page(slow_s=5)


def test_what_is_typed_is_not_cut_by_the_browser_without_a_word() -> None:
    assert "maxlength" not in page()


def test_older_and_newer_messages_can_be_reached_where_there_are_any() -> None:
    first, last = replace(message(), id="first"), replace(message(), id="last")
    whole, part = page(first, last), page(first, last, low=7, high=9)
    assert "Older messages" not in whole
    assert "Newer messages" not in whole
    assert '<a href="/plain/lobby/first#first">Older messages</a>' in part
    assert '<a href="/plain/lobby/last#last">Newer messages</a>' in part


def test_links_open_and_code_is_code() -> None:
    html = shown('see https://example.com/?a=1&b="2 and `<b>`\n```\n</code><script>\n```')
    assert 'href="https://example.com/?a=1&amp;b=" target="_blank" rel="noopener nofollow ugc"' in html
    assert "<code>&lt;b&gt;</code>" in html
    assert '<code dir="ltr" class="block">&lt;/code&gt;&lt;script&gt;</code>' in html


def test_a_mention_is_marked_and_follows_an_edit() -> None:
    before = replace(message("hello @Ann_B <b>"), revision=1)
    row = views.frame_row(before)
    pieces = [dict(piece) for piece in row["pieces"]]  # type: ignore[attr-defined]  # of a frame: dict[str, object]
    assert pieces[1] == {"k": "mention", "t": "@Ann_B", "h": "ann_b"}
    assert 'hello <b dir="ltr" translate="no">@Ann_B</b> &lt;b&gt;' in plain._message(before, {}, {})
    edited = before.edit(MessageBody.parse("hello ann"), 2, before.posted_at)
    assert "pieces" not in views.frame_row(edited)


def test_no_row_of_a_page_is_copied_before_it_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    # Everybody waits while a page is made: copies had been three quarters of its time.
    monkeypatch.setattr("copy.deepcopy", lambda _: pytest.fail("a value of a row was copied"))
    room = Room(RoomSlug("lobby"), "Lobby")
    page = views.page_view(HistoryPage(room, (replace(message("hello @Ann_B"), revision=1),), Part()))
    frame = views.unfolded(page)
    assert frame["rows"] is page.rows
    assert json.loads(json.dumps(frame))["rows"][0]["body"] == "hello @Ann_B"


CODE = "def f(x):\n    # why\n    return 1 + x"


def test_code_in_a_fence_of_a_known_language_comes_in_the_looks_of_the_stylesheet() -> None:
    [block] = views._pieces(f"```PY\n{CODE}\n```")
    assert (block["k"], block["t"]) == ("block", "")
    assert "".join(text for _, text in block["c"]) == CODE
    looks = {text.strip(): look for look, text in block["c"]}
    assert (looks["def"], looks["f"], looks["# why"], looks["1"]) == ("k", "nf", "c", "s")
    assert {look for look, _ in block["c"]} <= {"", "k", "nf", "c", "s"}
    assert f'class="block">{plain.escape(CODE)}</code>' in shown(f"```py\n{CODE}\n```")
    for other in ("", "brainfuck", "text"):
        assert views._pieces(f"```{other}\n{CODE}\n```") == ({"k": "block", "t": CODE, "h": ""},)
    assert CODE not in str(code._known), "what is erased does not live on there"


@given(
    st.sampled_from(sorted(code.LANGUAGES)), ANY_TEXT | st.text("<>&\"'/*\\`${}[]()#@-=1ae \n", max_size=300)
)
def test_whatever_stands_in_a_fence_loses_nothing_and_is_bounded(language: str, text: str) -> None:
    for most in (0, 1, 7, code.MOST_RUNS):
        found = code.looks_of(text, language, most)
        assert len(found) <= most
        assert found == [] or "".join(part for _, part in found) == text


def test_no_more_is_kept_of_a_code_than_is_shown() -> None:
    words = "1 a " * 240
    assert len(code.looks_of(words, "py")) == code.MOST_RUNS
    assert max(map(len, code._known.values())) == code.MOST_RUNS + 1


def test_the_code_of_one_message_has_a_bounded_number_of_runs_and_its_size_is_known() -> None:
    body = "```py\n1 a 2 b 3 c 4 d 5 e\n```\n" * 33
    row = views.frame_row(replace(message(), body=MessageBody.parse(body)))
    runs = [piece.get("c", ()) for piece in row["pieces"]]  # type: ignore[attr-defined]  # of a frame: dict[str, object]
    assert 100 <= sum(map(len, runs)) <= code.MOST_RUNS
    whole = replace(message(), body=MessageBody.parse(f"```py\n{'1 a ' * 240}\n```"))
    size = len(json.dumps(views.frame_row(whole), separators=(",", ":")))
    assert size <= history._bytes(whole) + 200


@pytest.mark.parametrize(
    "body", ["javascript:alert(1)", "https://a.com@evil.com/", "<a href=//evil.com>x</a>"]
)
def test_anything_else_is_escaped_text(body: str) -> None:
    html = shown(body)
    assert "<a" not in html
    assert plain.escape(body) in html
