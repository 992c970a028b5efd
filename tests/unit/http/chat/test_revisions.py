"""The room's scripts, run by Node.js: they ask for page after page until the room is whole."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from portfolio_app.app.ports.messages import END
from portfolio_app.http.build.browser_files import HTTP
from portfolio_app.launcher.toolchain import BIN

DRIVERS = Path(__file__).parent
SCRIPTS = {f"$/public/js/{path.name}": path.as_uri() for path in HTTP.rglob("*.js*")}
CHANGED_TWICE = {3, 4, 11}
REVISION = 20
CHANGES = [revision for revision in range(1, REVISION + 1) if revision not in CHANGED_TWICE]


def run(driver: str, zone: str = "UTC", **given: object) -> Any:
    """What a driver prints, in a time zone."""
    done = subprocess.run(
        [BIN / "node", DRIVERS / driver],
        input=json.dumps(given | {"scripts": SCRIPTS}),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=os.environ | {"TZ": zone, "LC_ALL": "en_US.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def catch_up(page: int, *, lost: int = 0) -> Any:
    """Catch up from nothing; the answer number `lost` does not arrive."""
    return run("revisions.mjs", changes=CHANGES, revision=REVISION, page=page, lost=lost)


def test_pages_give_the_same_rows_as_one_answer_each_once_and_without_waiting_in_between() -> None:
    at_once, paged = catch_up(page=100), catch_up(page=5)
    assert at_once == {"asked": [0], "rows": CHANGES, "last": REVISION, "fired": 1}
    assert paged == {"asked": [0, 7, 13, 18], "rows": CHANGES, "last": REVISION, "fired": 1}


def test_a_page_that_gets_lost_is_asked_for_again() -> None:
    assert catch_up(page=5, lost=2) == {
        "asked": [0, 7, 7, 13, 18],
        "rows": CHANGES,
        "last": REVISION,
        "fired": 2,
    }


def follow(
    updates: list[tuple[str, dict[str, object]]], reading: str = "snapshot", *, field: str = "body"
) -> Any:
    """What a tab's room shows after each update of its states: a field of its rows, or another reading."""
    return run("room.mjs", updates=updates, reading=reading, field=field)


def row(revision: int, body: str, position: int = 0) -> dict[str, object]:
    """A message as a frame carries it."""
    place = position or revision
    texts = {"id": f"m{place}", "cid": f"c{place}", "author": "demo", "tag": "ab12", "body": body}
    return texts | {"rev": revision, "pos": place, "at": 1}


def answer(number: int, revision: int, *rows: dict[str, object]) -> tuple[str, dict[str, object]]:
    """What a tab gets that asked for what it misses."""
    return "feed", {"arrivals": rows, "settled": revision, "revision": revision, "more": 0, "answer": number}


def window(revision: int, *rows: dict[str, object], low: int = 0) -> tuple[str, dict[str, object]]:
    """A room as of a revision."""
    opened = {"room": "lobby", "rev": revision, "rows": rows, "low": low, "high": END, "at": ""}
    return "chat", {"window": opened | {"own": []}}


def test_a_frame_that_came_before_the_window_is_taken_from_the_answer_that_repeats_it() -> None:
    first, second = row(1, "first"), row(2, "second")
    updates = [("feed", {"arrivals": [second]}), window(1, first), answer(7, 2, second)]
    assert follow(updates) == [["second"], ["first"], ["first", "second"]]


def test_a_page_that_was_read_before_a_change_of_its_rows_gets_it_from_the_answer() -> None:
    """The frame of the change found no such row in the tab; the answer to the repair is the same once more."""
    page = {"room": "lobby", "rev": 9, "rows": [row(1, "old")], "low": 0, "high": END, "at": "", "own": []}
    edited = row(10, "edited", position=1)
    updates = [
        window(9, row(9, "newest"), low=9),
        ("feed", {"arrivals": [edited]}),
        ("feed", {"page": page | {"joins": [9, END]}}),
        answer(8, 10, edited),
    ]
    assert follow(updates) == [["newest"], ["newest"], ["old", "newest"], ["edited", "newest"]]


def test_results_of_a_search_are_read_again_when_a_message_is_gone_written_anew_or_its_author_has_left() -> (
    None
):
    first, second = row(1, "first"), row(2, "second")
    updates = [
        window(2, first, second),
        ("feed", {"arrivals": [row(3, "third")]}),
        ("feed", {"arrivals": [row(4, "first", position=1) | {"reactions": [["like", 1]]}]}),
        ("feed", {"arrivals": [row(5, "first", position=1) | {"author": "departed"}]}),
        ("feed", {"arrivals": [row(6, "anew", position=2) | {"edited": True}]}),
        ("feed", {"arrivals": [row(7, "", position=2) | {"status": "deleted"}]}),
    ]
    opened, posted, reacted, left, edited, deleted = follow(updates, "changes")
    assert (opened, opened) == (posted, reacted)
    assert opened < left < edited < deleted


FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        ("x" * 90, "x" * 90),
        ("x" * 91, "x" * 90 + "…"),
        ("x" * 88 + FAMILY + "y", "x" * 88 + "…"),
        ("x" * 89 + "\N{GRINNING FACE}", "x" * 89 + "…"),
        ("x" * 89 + "e\u0301\u0323", "x" * 89 + "…"),
        (
            "\N{ZERO WIDTH JOINER}".join(["\N{MAN}"] * 40) + "y",
            "\N{ZERO WIDTH JOINER}".join(["\N{MAN}"] * 40) + "…",
        ),
    ],
)
def test_a_quote_ends_between_two_characters_as_a_reader_counts_them_and_says_that_it_was_cut(
    body: str, quoted: str
) -> None:
    *_, quotes = follow([window(2, row(1, body), row(2, "answer") | {"reply": "m1"})], field="quoteWords")
    assert quotes == [None, quoted]


def outbox(*steps: tuple[str, object]) -> Any:
    """What goes out after each step: text, and as whose."""
    return run("outbox.mjs", steps=steps)


def test_what_waits_goes_out_as_whoever_wrote_it_until_it_is_sent_again() -> None:
    written = ("be", "ann"), ("line", False), ("write", "hi"), ("be", "demo ab12"), ("line", True)
    *_, later, refused, again = outbox(*written, ("refuse", "You wrote this as ann."), ("retry", None))
    assert (later, refused, again) == ([["hi", "ann"]], [], [["hi", "demo ab12"]])


def test_what_is_discarded_before_it_went_out_is_withdrawn_all_the_same() -> None:
    """A tab that began as a copy of this one has it, too."""
    steps = ("line", False), ("write", "hi"), ("discard", None), ("line", True), ("line", True)
    assert outbox(*steps) == [[], [], [], [["", "withdrawn"]], []]


def test_what_a_member_wrote_is_shown_and_sent_for_that_member_alone() -> None:
    """An ended session keeps what its member typed; signing out, or another member's sign-in, deletes it."""
    guest, ann, ended, out = ["", True], ["ann", True], ["", False], ["", True]
    written = ("belong", guest), ("line", False), ("write", "a guest's"), ("belong", ann), ("write", "ann's")
    both = [["a guest's", "seen"], ["ann's", "seen"]]
    later = ("see", None), ("belong", ended), ("see", None), ("line", True), ("belong", ann)
    assert outbox(*written, *later)[-5:] == [both, [], [], [], [["a guest's", ""]]]
    for other in (out, ["bob", True]):
        *_, gone = outbox(*written, ("belong", other), ("belong", ann), ("see", None))
        assert gone == []


@pytest.mark.parametrize(
    ("zone", "last", "first", "words"),
    [
        (
            "Europe/Berlin",
            "2026-03-28T22:59:59Z",
            "2026-03-28T23:00:00Z",
            "10:00 PM, begun Jan 1, 2026, 9:00:30 PM",
        ),
        (
            "Europe/Berlin",
            "2026-03-29T21:59:59Z",
            "2026-03-29T22:00:00Z",
            "10:00 PM, begun Jan 1, 2026, 9:00:30 PM",
        ),
        (
            "Europe/Berlin",
            "2026-10-25T22:59:59Z",
            "2026-10-25T23:00:00Z",
            "10:00 PM, begun Jan 1, 2026, 9:00:30 PM",
        ),
        (
            "Asia/Kolkata",
            "2026-03-28T18:29:59Z",
            "2026-03-28T18:30:00Z",
            "1:30 AM, begun Jan 2, 2026, 1:30:30 AM",
        ),
        (
            "America/St_Johns",
            "2026-03-09T02:29:59Z",
            "2026-03-09T02:30:00Z",
            "5:30 PM, begun Jan 1, 2026, 4:30:30 PM",
        ),
    ],
)
def test_days_begin_at_the_readers_midnight_and_sentences_name_their_times(
    zone: str, last: str, first: str, words: str
) -> None:
    """Over a change to summer time and back, and where an hour is not whole."""
    dates, said = run("days.mjs", zone, rows=[last, first, first])
    assert dates[0] < dates[1]
    assert dates[2] == "", "the same day"
    day = "Jul 2" if zone == "Asia/Kolkata" else "Jul 1"
    assert said == f"muted until {day}, 2026, {words}"
