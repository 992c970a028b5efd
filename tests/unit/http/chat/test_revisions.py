"""The room's scripts, run by Node.js: they ask for page after page until the room is whole."""

import json
import subprocess
from pathlib import Path
from typing import Any

from portfolio_app.app.ports.messages import END
from portfolio_app.http.build.browser_files import HTTP
from portfolio_app.launcher.toolchain import BIN

DRIVERS = Path(__file__).parent
SCRIPTS = {f"$/public/js/{path.name}": path.as_uri() for path in HTTP.rglob("*.js*")}
CHANGED_TWICE = {3, 4, 11}
REVISION = 20
CHANGES = [revision for revision in range(1, REVISION + 1) if revision not in CHANGED_TWICE]


def run(driver: str, **given: object) -> Any:
    """What a driver prints."""
    done = subprocess.run(
        [BIN / "node", DRIVERS / driver],
        input=json.dumps(given | {"scripts": SCRIPTS}),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
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


def follow(updates: list[tuple[str, dict[str, object]]], reading: str = "snapshot") -> Any:
    """What a tab's room shows after each update of its states: the texts of its rows, or another reading."""
    return run("room.mjs", updates=updates, reading=reading)


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
