"""What a verdict says: how long recoveries took, and of several runs together."""

import dataclasses

from tests.chaos.history import (
    Entry,
    Fault,
    Ok,
)
from tests.chaos.report import Verdict, named, together
from tests.chaos.verdict import judge
from tests.unit.chaos.histories import (
    BROKEN,
    EDITED,
    KEPT,
    NEW,
    ONE,
    POSTED,
    TWO,
    asked,
    ends,
    history,
    pushed,
)


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
