"""Histories of a run: those that keep every promise, and those that break one, named after it."""

from typing import Any

from tests.chaos.history import (
    Entry,
    Fail,
    Frame,
    Fresh,
    Invoke,
    Ok,
    Run,
    Stored,
    Unknown,
)

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
