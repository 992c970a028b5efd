"""The checker: from the history of a run alone, whether the site kept what it promises.

What it promises: an acknowledged message is stored exactly once, in the order of the room's revisions, which is the
order in which things happened; nothing appears that nobody sent; an acknowledged edit or deletion is final; and every
watcher ends up with what a new tab is shown, in rooms that have gone quiet as well. Wherever the rows of a room were
read, nothing was under way any more, and its watchers are compared with them; all else is compared in the end.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tests.chaos.history import Entry, Fault, Frame, Fresh, Rows, Run, Stored
from tests.chaos.messages import Message, messages_of
from tests.chaos.recovery import recoveries
from tests.chaos.report import Finding, Verdict
from tests.chaos.watched import Seen, Watched, shown_in, watched_of


def judge(history: Sequence[Entry]) -> Verdict:
    """Compare everything with everything."""
    messages = messages_of(history)
    watched = watched_of(history)
    rows = Rows()
    stored = {entry.room: rows.take(entry) for entry in history if isinstance(entry, Stored)}
    fresh = [entry for entry in history if isinstance(entry, Fresh)]
    seen = [*_rows_of(watched, stored.values(), fresh)]
    findings = [
        *_whole(history, stored, fresh, watched),
        *_kept_once(messages, stored),
        *_in_order(messages, stored),
        *_explained(messages, stored),
        *_made_up(messages, seen),
        *_final(messages, stored),
        *_one_content(seen),
        *_equal(history),
    ]
    changes = [change for message in messages.values() for change in message.changes]
    return Verdict(
        findings=tuple(findings),
        acknowledged=sum(message.acknowledged for message in messages.values()),
        changed=sum(change.acknowledged for change in changes),
        unknown=sum(each.open for each in (*(message.post for message in messages.values()), *changes)),
        watchers=len(watched),
        faults=Counter(entry.what for entry in history if isinstance(entry, Fault) and not entry.ended),
        recoveries=tuple(sorted(recoveries(history, watched))),
    )


def _whole(
    history: Sequence[Entry],
    stored: dict[str, Stored],
    fresh: Sequence[Fresh],
    watched: Sequence[Watched],
) -> Iterator[Finding]:
    """A history without its end proves nothing."""
    heads = [entry for entry in history if isinstance(entry, Run)]
    if len(heads) != 1:
        yield Finding("whole", f"the history has {len(heads)} heads")
        return
    last = {entry.room: entry for entry in history if isinstance(entry, Stored)}
    for entry in last.values():
        if entry.since:
            yield Finding("whole", f"in the end only what was new in {entry.room} was read")
    for room in heads[0].rooms:
        if room not in stored:
            yield Finding("whole", f"nobody read the rows of {room}")
        if room not in {each.room for each in fresh}:
            yield Finding("whole", f"nobody opened {room} in the end")
        if room not in {each.room for each in watched}:
            yield Finding("whole", f"nobody watched {room}")


def _kept_once(messages: dict[str, Message], stored: dict[str, Stored]) -> Iterator[Finding]:
    times = Counter((entry.room, row["cid"]) for entry in stored.values() for row in entry.rows)
    for cid, message in messages.items():
        count = times[message.room, cid]
        if message.acknowledged and count == 0 and message.room in stored:
            yield Finding("lost", f"{message.name} was acknowledged and is not stored")
        if count > 1:
            yield Finding("doubled", f"{message.name} is stored {count} times")


def _in_order(messages: dict[str, Message], stored: dict[str, Stored]) -> Iterator[Finding]:
    for room, entry in stored.items():
        places = {row["cid"]: row["pos"] for row in entry.rows if row["cid"] in messages}
        for cid, place in places.items():
            if named := {rev for rev in messages[cid].named if rev != place}:
                text = f"{messages[cid].name} was acknowledged as {sorted(named)} and stands at {place}"
                yield Finding("order", text)
        yield from _after_what_was_there(room, [(messages[cid], place) for cid, place in places.items()])


def _after_what_was_there(room: str, placed: list[tuple[Message, int]]) -> Iterator[Finding]:
    """A message that was sent when another one had been acknowledged stands after that one."""
    sent = sorted(placed, key=lambda pair: pair[0].post.invoked)
    acknowledged = [pair for pair in placed if pair[0].post.acknowledged_at is not None]
    acknowledged.sort(key=lambda pair: pair[0].post.acknowledged_at or 0)
    last, following = 0, iter([*acknowledged, None])
    upcoming = next(following)
    for message, place in sent:
        while upcoming is not None and (upcoming[0].post.acknowledged_at or 0) < message.post.invoked:
            last, upcoming = max(last, upcoming[1]), next(following)
        if place <= last:
            yield Finding(
                "order", f"{message.name} stands at {place} of {room}, before {last}, which was there"
            )


def _explained(messages: dict[str, Message], stored: dict[str, Stored]) -> Iterator[Finding]:
    """Revisions have no gaps: as many as there were changes, but for those whose outcome nobody knows."""
    for room, entry in stored.items():
        taken = Counter(row["rev"] for row in entry.rows if row["pos"])
        places = Counter(row["pos"] for row in entry.rows if row["pos"])
        for rev in sorted({rev for count in (taken, places) for rev, times in count.items() if times > 1}):
            yield Finding("revision", f"revision {rev} of {room} was taken twice")
        changes = [
            change for message in messages.values() if message.room == room for change in message.changes
        ]
        least = len(places) + sum(change.acknowledged for change in changes)
        most = len(places) + sum(change.attempts - change.refused for change in changes)
        if not least <= entry.revision <= most:
            yield Finding(
                "revision", f"{room} is at revision {entry.revision}, after {least} to {most} changes"
            )


def _made_up(messages: dict[str, Message], seen: Iterable[Seen]) -> Iterator[Finding]:
    """Nothing is shown or stored that nobody sent, nor what was refused."""
    for row in dict.fromkeys(seen):
        message = messages.get(row.cid)
        if message is None or message.room != row.room:
            yield Finding("phantom", f"{row.place}: nobody posted {row.cid} to {row.room}")
        elif not message.post.possible:
            yield Finding("phantom", f"{row.place}: {message.name} was refused")
        elif row.status == "visible" and row.body not in message.texts:
            yield Finding("phantom", f"{row.place}: {message.name} never said {row.body!r}")
        elif row.status != "visible" and not message.may_be_gone:
            yield Finding("phantom", f"{row.place}: {message.name} is {row.status}, which nobody asked for")
        elif row.status != "visible" and row.body and row.place != "database":
            yield Finding("final", f"{row.place}: {message.name} is {row.status} and still shows its text")


def _final(messages: dict[str, Message], stored: dict[str, Stored]) -> Iterator[Finding]:
    for entry in stored.values():
        for row in entry.rows:
            message = messages.get(row["cid"])
            if message is None or not message.post.possible:
                continue
            now = None if row["status"] != "visible" else row["body"]
            if now not in message.outcomes:
                text = "gone" if now is None else repr(now)
                yield Finding("final", f"{message.name} is {text}, not {sorted(map(repr, message.outcomes))}")
    for message in messages.values():
        if late := message.changed_after_deletion:
            yield Finding("final", f"{message.name} was deleted, and then {late} was acknowledged")


def _one_content(seen: Iterable[Seen]) -> Iterator[Finding]:
    """Finds revisions of a room that were shown with different contents to two watchers, or at two times."""
    told: defaultdict[tuple[str, int], set[tuple[str, str, str]]] = defaultdict(set)
    for row in seen:
        if row.rev:
            text = row.body if row.status == "visible" else ""
            told[row.room, row.rev].add((row.cid, text, row.status))
    for (room, rev), contents in told.items():
        if len(contents) > 1:
            yield Finding(
                "revision", f"revision {rev} of {room} says {len(contents)} things: {sorted(contents)}"
            )


def _equal(history: Sequence[Entry]) -> Iterator[Finding]:
    """Compares at each place where the rows were read, as nothing was under way then."""
    watched: dict[str, Watched] = {}
    stored: dict[str, Stored] = {}
    rows = Rows()
    for entry in history:
        if isinstance(entry, Frame):
            watched.setdefault(entry.watcher, Watched(entry.watcher, entry.room)).view.take(entry.delta)
        elif isinstance(entry, Stored):
            whole = stored[entry.room] = rows.take(entry)
            for each in (each for each in watched.values() if each.room == entry.room):
                yield from _same(each.name, {"rev": each.last, "low": each.low, "rows": each.rows}, whole)
        elif isinstance(entry, Fresh) and entry.room in stored:
            yield from _same(f"a new tab at {entry.host}", entry.window, stored[entry.room])


def _same(who: str, window: dict[str, Any], stored: Stored) -> Iterator[Finding]:
    if window["rev"] != stored.revision:
        text = f"{who} is at revision {window['rev']} of {stored.room}, not {stored.revision}"
        yield Finding("unequal", text)
    here, there = (shown_in(rows, window["low"]) for rows in (window["rows"], stored.rows))
    if here != there:
        differs = sorted(set(here) ^ set(there))[:3]
        yield Finding("unequal", f"{who} shows {stored.room} other than it is stored: {differs}")


def _rows_of(watched: Sequence[Watched], stored: Iterable[Stored], fresh: Sequence[Fresh]) -> Iterator[Seen]:
    for watcher in watched:
        yield from watcher.seen
    for entry in stored:
        yield from (Seen.of("database", entry.room, row) for row in entry.rows)
    for each in fresh:
        yield from (Seen.of(f"a new tab at {each.host}", each.room, row) for row in each.window["rows"])
