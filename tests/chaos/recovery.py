"""The time from each fault's end until the site had recovered."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.history import Entry, Fault, Invoke, Ok, Run
from tests.chaos.watched import Watched


@dataclass(frozen=True, slots=True, order=True)
class Recovery:
    """How long it took after the end of a fault, and who was the last to be as before."""

    seconds: float
    what: str
    last: str


def recoveries(history: Sequence[Entry], watched: Sequence[Watched]) -> Iterator[Recovery]:
    """Seconds from the end of each fault until every steady author, if they went on, had a new request acknowledged,
    and every watcher was shown what had been acknowledged in its room by that end; if never, until the history ends.
    Of faults that last at the same time, from the end of the last one.
    """
    steady = next((entry.steady for entry in history if isinstance(entry, Run)), [])
    answered = _answers(history)
    revisions: dict[str, int] = {}
    asked: dict[int, Invoke] = {}
    lasting: set[int] = set()
    for place, entry in enumerate(history):
        if isinstance(entry, Fault):
            (lasting.discard if entry.ended else lasting.add)(entry.number)
        if isinstance(entry, Invoke):
            asked[entry.op] = entry
        elif isinstance(entry, Ok) and entry.op in asked:
            room = asked[entry.op].room
            revisions[room] = max(revisions.get(room, 0), entry.rev)
        elif isinstance(entry, Fault) and entry.ended and not lasting:
            asking = steady if entry.posting else ()
            ends = {author: _since(answered.get(author, []), place + 1) for author in asking}
            ends |= {each.name: _since(each.reached, revisions.get(each.room, 0)) for each in watched}
            times = [(history[-1].at if at is None else at, name) for name, at in ends.items()]
            at, last = max(times, default=(entry.at, ""))
            yield Recovery(max(0.0, at - entry.at), entry.what, last)


def _since(steps: list[tuple[int, float]], wanted: int) -> float | None:
    """The time of the first step that reaches what is wanted."""
    found = bisect_left(steps, (wanted, 0.0))
    return steps[found][1] if found < len(steps) else None


def _answers(history: Sequence[Entry]) -> dict[str, list[tuple[int, float]]]:
    """Of each author, where in the history each acknowledged request was made, and when it was acknowledged."""
    found: dict[str, list[tuple[int, float]]] = {}
    asked: dict[int, tuple[int, str]] = {}
    for place, entry in enumerate(history):
        if isinstance(entry, Invoke):
            asked[entry.op] = place, entry.author
        elif isinstance(entry, Ok) and entry.op in asked:
            invoked, author = asked[entry.op]
            found.setdefault(author, []).append((invoked, entry.at))
    return found
