"""The checker rejects a history for each kind of broken promise, and accepts what may happen under faults."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.history import (
    Entry,
    Fail,
    Fault,
    Frame,
    Fresh,
    History,
    Invoke,
    Ok,
    Run,
    Stored,
    Unknown,
    kept_of,
    line_of,
)
from tests.chaos.report import Verdict, named, together
from tests.chaos.verdict import judge

ROOM = "lobby"


def row(rev: int, cid: str, body: str, *, pos: int | None = None, status: str = "visible") -> dict[str, Any]:
    """A row as the database and windows have it."""
    place = rev if pos is None else pos
    return {"id": f"id-{cid}", "rev": rev, "pos": place, "cid": cid, "body": body, "status": status}


def window(rev: int, *rows: dict[str, Any], low: int = 0) -> dict[str, Any]:
    return {"room": ROOM, "rev": rev, "low": low, "rows": [*rows]}


def opened(rev: int, *rows: dict[str, Any], by: str = "w1", low: int = 0) -> Frame:
    return Frame(by, ROOM, {"chat_state": {"window_rx_state_": window(rev, *rows, low=low)}})


def pushed(*rows: dict[str, Any], by: str = "w1") -> Frame:
    return Frame(by, ROOM, {"room_feed": {"arrivals_rx_state_": [*rows]}})


def settled(revision: int) -> Frame:
    """Nothing is missing up to it, the server said."""
    return Frame("w1", ROOM, {"room_feed": {"settled_rx_state_": revision}})


def asked(op: int, cid: str, body: str = "", *, do: str = "post", author: str = "ann") -> Invoke:
    return Invoke(op, author, do, ROOM, cid, body)


def ends(revision: int, *rows: dict[str, Any]) -> list[Entry]:
    """The database, and a new tab, in agreement."""
    shown = [each for each in rows if each["status"] == "visible"]
    return [Stored(ROOM, revision, [*rows]), Fresh(ROOM, "front", window(revision, *shown))]


def history(*entries: Entry) -> list[Entry]:
    return [Run(1, [ROOM], ["ann"]), opened(0), *entries]


ONE, TWO = row(1, "c1", "one"), row(2, "c2", "two")
POSTED = (asked(1, "c1", "one"), Ok(1, 1), asked(2, "c2", "two"), Ok(2, 2))
EDITED = (asked(1, "c1", "one"), Ok(1, 1), asked(2, "c1", "new", do="edit"), Ok(2))
DELETED = (asked(1, "c1", "one"), Ok(1, 1), asked(2, "c1", do="delete"), Ok(2))
GONE = row(2, "c1", "", pos=1, status="deleted")
NEW = row(2, "c1", "new", pos=1)
BOO = row(3, "c9", "boo")

KEPT = {
    "posts": history(*POSTED, pushed(ONE), pushed(TWO), *ends(2, ONE, TWO)),
    "a frame late and twice": history(
        *POSTED, pushed(TWO), pushed(ONE), pushed(TWO), *ends(2, ONE, TWO)
    ),
    "a post without an answer that was stored": history(
        asked(1, "c1", "one"), Unknown(1, "closed"), pushed(ONE), *ends(1, ONE)
    ),
    "a post without an answer that was not": history(asked(1, "c1", "one"), Unknown(1, "closed"), *ends(0)),
    "a post that was never answered at all": history(asked(1, "c1", "one"), *ends(0)),
    "a refused post": history(asked(1, "c1", "one"), Fail(1, "muted"), *ends(0)),
    "a retry that was acknowledged": history(
        asked(1, "c1", "one"), Unknown(1, "closed"), asked(2, "c1", "one"), Ok(2, 1), pushed(ONE), *ends(1, ONE)
    ),
    "posts side by side in either order": history(
        asked(1, "c1", "one"), asked(2, "c2", "two", author="bob"), Ok(1, 2), Ok(2, 1),
        pushed(row(1, "c2", "two"), row(2, "c1", "one")), *ends(2, row(1, "c2", "two"), row(2, "c1", "one")),
    ),
    "an edit": history(
        *EDITED, pushed(ONE), pushed(NEW), *ends(2, NEW)
    ),
    "an edit that a watcher heard of alone": history(
        *EDITED, pushed(NEW),
        settled(2), *ends(2, NEW),
    ),
    "an edit without an answer that happened": history(
        asked(1, "c1", "one"), Ok(1, 1), asked(2, "c1", "new", do="edit"), Unknown(2, "closed"),
        pushed(ONE), pushed(NEW), *ends(2, NEW),
    ),
    "an edit without an answer that did not": history(
        asked(1, "c1", "one"), Ok(1, 1), asked(2, "c1", "new", do="edit"), Unknown(2, "closed"),
        pushed(ONE), *ends(1, ONE),
    ),
    "an edit that happened twice because it was sent twice": history(
        asked(1, "c1", "one"), Ok(1, 1), asked(2, "c1", "new", do="edit"), Unknown(2, "closed"),
        asked(3, "c1", "new", do="edit"), Ok(3), pushed(ONE), pushed(NEW),
        pushed(row(3, "c1", "new", pos=1)), *ends(3, row(3, "c1", "new", pos=1)),
    ),
    "a deletion": history(*DELETED, pushed(ONE), pushed(GONE), *ends(2, GONE)),
    "a deletion whose text the database keeps": history(
        *DELETED, pushed(ONE), pushed(GONE), *ends(2, GONE | {"body": "one"})
    ),
    "a deletion that was sent again, and refused then": history(
        asked(1, "c1", "one"), Ok(1, 1), asked(2, "c1", do="delete"), Unknown(2, "closed"),
        asked(3, "c1", do="delete"), Fail(3, "gone already"), pushed(ONE), pushed(GONE), *ends(2, GONE),
    ),
    "a watcher that came late, and one that was too far behind": history(
        *POSTED, opened(2, TWO, by="w2", low=2), opened(2, ONE, TWO), *ends(2, ONE, TWO)
    ),
}  # fmt: skip

BROKEN = {
    "lost": history(*POSTED, pushed(ONE), pushed(TWO), *ends(2, ONE)),
    "doubled": history(
        *POSTED, pushed(ONE), pushed(TWO), pushed(row(3, "c1", "one")), *ends(3, ONE, TWO, row(3, "c1", "one"))
    ),
    "order": history(
        *(asked(1, "c1", "one"), Ok(1), asked(2, "c2", "two"), Ok(2)),
        *(pushed(row(1, "c2", "two")), pushed(row(2, "c1", "one"))), *ends(2, row(1, "c2", "two"), row(2, "c1", "one")),
    ),
    "order, against a post that was never acknowledged": history(
        asked(1, "c1", "one"), Ok(1), asked(2, "c2", "two"), Unknown(2, "closed"),
        pushed(row(1, "c2", "two")), pushed(row(2, "c1", "one")), *ends(2, row(1, "c2", "two"), row(2, "c1", "one")),
    ),
    "order, other than was answered": history(
        asked(1, "c1", "one"), Ok(1, 7), pushed(ONE), *ends(1, ONE)
    ),
    "phantom": history(*POSTED, pushed(ONE), pushed(TWO), pushed(BOO), *ends(3, ONE, TWO, BOO)),
    "phantom, in one frame only": history(
        *POSTED, pushed(ONE), pushed(TWO), pushed(row(0, "c9", "boo")), *ends(2, ONE, TWO)
    ),
    "phantom, of what was refused": history(
        asked(1, "c1", "one"), Fail(1, "muted"), pushed(ONE), *ends(1, ONE)
    ),
    "phantom, in words nobody used": history(
        asked(1, "c1", "one"), Ok(1, 1), pushed(row(1, "c1", "eno")), *ends(1, row(1, "c1", "eno"))
    ),
    "phantom, an edit that was refused": history(
        asked(1, "c1", "one"), Ok(1, 1), asked(2, "c1", "new", do="edit"), Fail(2, "too late"),
        pushed(ONE), pushed(NEW), *ends(2, NEW),
    ),
    "phantom, a deletion nobody asked for": history(
        asked(1, "c1", "one"), Ok(1, 1), pushed(ONE), pushed(GONE), *ends(2, GONE)
    ),
    "final, an edit that went": history(*EDITED, pushed(ONE), pushed(NEW), *ends(2, row(2, "c1", "one", pos=1))),
    "final, a deletion that went": history(*DELETED, pushed(ONE), *ends(2, ONE)),
    "final, a deletion before an edit": history(
        *DELETED, asked(3, "c1", "new", do="edit"), Ok(3), pushed(ONE), pushed(GONE), pushed(GONE | {"rev": 3}),
        *ends(3, GONE | {"rev": 3}),
    ),
    "final, a text that stays on the screen": history(
        *DELETED, pushed(ONE), pushed(GONE | {"body": "one"}), *ends(2, GONE)
    ),
    "revision, that was skipped": history(*POSTED, pushed(ONE), pushed(TWO), settled(3), *ends(3, ONE, TWO)),
    "revision, taken twice": history(
        *(asked(1, "c1", "one"), asked(2, "c2", "two", author="bob"), Ok(1), Ok(2)),
        *(pushed(ONE), pushed(row(1, "c2", "two"))), *ends(1, ONE, row(1, "c2", "two")),
    ),
    "revision, of two contents": history(
        asked(1, "c1", "one"), asked(2, "c1", "new", do="edit"), Ok(1, 1),
        pushed(ONE), opened(1, row(1, "c1", "new"), by="w2"), *ends(1, ONE),
    ),
    "unequal, a watcher that missed the end": history(*POSTED, pushed(ONE), *ends(2, ONE, TWO)),
    "unequal, a watcher with a hole that it was told is none": history(
        *POSTED, pushed(ONE), settled(2), *ends(2, ONE, TWO)
    ),
    "unequal, a watcher that shows what is gone": history(
        *DELETED, pushed(ONE), settled(2), *ends(2, GONE)
    ),
    "unequal, a new tab": history(
        *POSTED, pushed(ONE), pushed(TWO), Stored(ROOM, 2, [ONE, TWO]), Fresh(ROOM, "front", window(2, ONE))
    ),
    "unequal, a new tab that is behind": history(
        *POSTED, pushed(ONE), pushed(TWO), Stored(ROOM, 2, [ONE, TWO]), Fresh(ROOM, "front", window(1, ONE))
    ),
    "whole, without the rows": history(*POSTED, pushed(ONE), pushed(TWO), Fresh(ROOM, "front", window(2, ONE, TWO))),
    "whole, without a new tab": history(*POSTED, pushed(ONE), pushed(TWO), Stored(ROOM, 2, [ONE, TWO])),
    "whole, without a watcher": [Run(1, [ROOM], []), *POSTED, *ends(2, ONE, TWO)],
    "whole, without a head": [opened(0), *POSTED, pushed(ONE), pushed(TWO), *ends(2, ONE, TWO)],
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_what_may_happen_under_faults_is_accepted(name: str) -> None:
    assert judge(KEPT[name]).findings == ()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_is_found(name: str) -> None:
    assert name.partition(",")[0] in judge(BROKEN[name]).broken


def test_a_quiet_room_counts_like_any_other() -> None:
    run = Run(1, [ROOM, "attic"], ["ann"])
    quiet = [
        Frame("w2", "attic", {"chat_state": {"window_rx_state_": window(0)}}),
        Invoke(9, "bob", "post", "attic", "c9", "here"),
        Ok(9, 1),
        Stored("attic", 1, [row(1, "c9", "here")]),
        Fresh("attic", "front", window(1, row(1, "c9", "here"))),
    ]
    [head, *busy] = KEPT["posts"]
    assert isinstance(head, Run)
    assert judge([run, *busy, *quiet]).broken == {"unequal"}


def test_watchers_are_compared_wherever_all_was_quiet() -> None:
    first, second = POSTED[:2], POSTED[2:]
    late = history(*first, *ends(1, ONE), pushed(ONE), *second, pushed(TWO), *ends(2, ONE, TWO))
    assert judge(late).broken == {"unequal"}
    in_time = history(*first, pushed(ONE), *ends(1, ONE), *second, pushed(TWO), *ends(2, ONE, TWO))
    assert judge(in_time).findings == ()


def test_a_reading_of_what_is_new_stands_on_the_one_before_and_the_last_one_is_whole() -> None:
    new = Stored(ROOM, 2, [TWO], since=1)
    both = history(*POSTED[:2], pushed(ONE), *ends(1, ONE), *POSTED[2:], pushed(TWO), new)
    opened_anew = Fresh(ROOM, "front", window(2, ONE, TWO))
    assert judge([*both, opened_anew, *ends(2, ONE, TWO)]).findings == ()
    assert judge([*both, Fresh(ROOM, "front", window(2, TWO)), *ends(2, ONE, TWO)]).broken == {"unequal"}
    assert judge([*both, opened_anew, *ends(2, TWO)]).broken == {"lost", "revision", "unequal"}
    assert judge([*both, opened_anew]).broken == {"whole"}


def test_an_answer_to_nothing_is_no_history() -> None:
    with pytest.raises(ValueError, match="nobody asked"):
        judge(history(Ok(5, 1), *ends(0)))


def test_a_history_is_read_as_it_was_written_and_judged_the_same(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    written = History(file)
    for entry in BROKEN["lost"]:
        written.add(entry)
    with file.open("a") as lines:
        lines.write('{"kind":"ok","op":')  # the process was killed here
    read = History.read(file)
    assert read.entries == written.entries
    assert judge(read.entries) == judge(written.entries)
    assert judge(read.entries).broken == {"lost", "revision", "unequal"}


@pytest.mark.parametrize(
    "line", ["{}", "no", '{"kind":"ok"}', '{"kind":"of","op":1}', "[]", '{"kind":"ok","op":1,"x":2}']
)
def test_a_file_that_is_no_history_is_refused_by_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text(line_of(Run(1, [], [])) + f"\n{line}\n")
    with pytest.raises(ValueError, match="line 2 is no entry"):
        History.read(file)


def timed(entries: list[Entry]) -> list[Entry]:
    """A second apart."""
    return [dataclasses.replace(entry, at=float(place)) for place, entry in enumerate(entries)]


def took(entries: list[Entry]) -> list[float]:
    """The recoveries of a history."""
    return [each.seconds for each in judge(entries).recoveries]


def test_recovery_lasts_until_every_steady_author_is_heard_and_every_watcher_has_caught_up() -> None:
    fault, ended = Fault(1, "kill"), Fault(1, "kill", ended=True)
    before = [asked(1, "c1", "one"), Ok(1, 1)]
    after = [asked(2, "c2", "two"), Ok(2, 2)]
    heard = timed(history(*before, pushed(ONE), fault, ended, *after, pushed(TWO), *ends(2, ONE, TWO)))
    shown = timed(history(*before, fault, ended, *after, pushed(ONE), pushed(TWO), *ends(2, ONE, TWO)))
    assert took(heard) == [2.0]
    assert took(shown) == [3.0]


def test_who_had_fallen_silent_is_not_waited_for() -> None:
    entries = timed(history(Fault(1, "kill"), Fault(1, "kill", ended=True, posting=False), *ends(0)))
    assert took(entries) == [0.0]


def test_without_recovery_it_lasts_until_the_end() -> None:
    entries = timed(history(Fault(1, "kill"), Fault(1, "kill", ended=True), *ends(0)))
    assert took(entries) == [2.0]


def said_of(verdict: Verdict) -> str:
    return "\n".join(verdict.lines())


def test_the_verdict_counts_and_says_what_it_saw() -> None:
    said = said_of(
        judge(
            history(
                *EDITED,
                Fault(1, "kill"),
                pushed(NEW),
                *ends(2, NEW),
            )
        )
    )
    assert "1 messages acknowledged, 1 edits and deletions\n0 outcomes unknown" in said
    assert "1 faults: kill 1" in said
    assert "lost: 'two' of ann in lobby was acknowledged and is not stored" in said_of(judge(BROKEN["lost"]))


def test_recovery_is_said_of_each_kind_of_fault_the_slowest_first() -> None:
    quick = [Fault(1, "kill"), Fault(1, "kill", ended=True, posting=False), pushed(ONE)]
    slow = [Fault(1, "cut"), Fault(1, "cut", ended=True), pushed(ONE)]
    found = [judge(timed(history(*POSTED[:2], *entries, *ends(1, ONE)))) for entries in (quick, slow)]
    said = said_of(together(found))
    assert "p50 3.0 s, p95 3.0 s, most 3.0 s" in said
    assert said.index("  cut: 1, p50 3.0 s, p95 3.0 s") < said.index("  kill: 1, p50 1.0 s, p95 1.0 s")


def test_verdicts_over_several_runs_add_up_and_findings_say_where_they_are() -> None:
    runs = [named(judge(BROKEN["lost"]), "seed-1"), named(judge(KEPT["an edit"]), "seed-2")]
    whole = together(runs)
    assert (whole.acknowledged, whole.changed, whole.watchers) == (3, 1, 2)
    assert whole.broken == runs[0].broken
    assert "lost: seed-1: 'two' of ann in lobby" in said_of(whole)


def test_what_a_page_only_paints_is_not_kept() -> None:
    full = row(1, "c1", "one") | {"author": "demo", "at": 5, "pieces": []}
    delta = {
        "state.chat_state": {"window_rx_state_": window(1, full) | {"own": []}, "title_rx_state_": "Lobby"},
        "state.room_feed": {"arrivals_rx_state_": [full], "revision_rx_state_": 1, "own_rx_state_": []},
        "state.log_feed": {"arrivals_rx_state_": [1]},
    }
    assert kept_of(delta) == {
        "chat_state": {"window_rx_state_": window(1, ONE)},
        "room_feed": {"arrivals_rx_state_": [ONE], "revision_rx_state_": 1},
    }
    assert kept_of({"state.identity_state": {"tag_rx_state_": "x"}}) == {}
