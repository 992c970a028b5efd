"""What the checker found, and how it is said to people; verdicts over several runs add up to one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from tests.chaos.recovery import Recovery

MOST_NAMED: Final = 20
_MEDIAN, _NEARLY_ALL = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise: which one, and where."""

    promise: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a history shows. Without findings the promises were kept."""

    findings: tuple[Finding, ...]
    acknowledged: int
    """Messages; changes of them are counted in `changed`."""
    changed: int
    unknown: int
    """Messages and changes of which no attempt was answered for certain."""
    watchers: int
    faults: Counter[str]
    recoveries: tuple[Recovery, ...]
    """From the end of each fault, the shortest first."""

    @property
    def broken(self) -> set[str]:
        """The names of the promises that were not kept."""
        return {finding.promise for finding in self.findings}

    def lines(self) -> Iterator[str]:
        """The verdict for people."""
        faults = ", ".join(f"{what} {count}" for what, count in sorted(self.faults.items()))
        yield f"{self.acknowledged:,} messages acknowledged, {self.changed:,} edits and deletions"
        yield f"{self.unknown:,} outcomes unknown, which may be either"
        yield f"{self.faults.total()} faults: {faults or 'none'}"
        if self.recoveries:
            yield from _recovered(self.recoveries)
        for finding in self.findings[:MOST_NAMED]:
            yield f"{finding.promise}: {finding.text}"
        if not self.findings:
            yield f"every promise kept: nothing lost, doubled, out of order or made up; {self.watchers} watchers equal"
        else:
            kinds = Counter(finding.promise for finding in self.findings)
            yield "BROKEN: " + ", ".join(f"{promise} {count}" for promise, count in sorted(kinds.items()))


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict over several runs."""
    return Verdict(
        findings=tuple(finding for each in verdicts for finding in each.findings),
        acknowledged=sum(each.acknowledged for each in verdicts),
        changed=sum(each.changed for each in verdicts),
        unknown=sum(each.unknown for each in verdicts),
        watchers=sum(each.watchers for each in verdicts),
        faults=sum((each.faults for each in verdicts), Counter()),
        recoveries=tuple(sorted(recovery for each in verdicts for recovery in each.recoveries)),
    )


def named(verdict: Verdict, name: str) -> Verdict:
    """The same; its findings say in which run they are."""
    return replace(
        verdict, findings=tuple(Finding(each.promise, f"{name}: {each.text}") for each in verdict.findings)
    )


def quantile(recoveries: Sequence[Recovery], part: float) -> float:
    """The seconds within which that part of them was over; they are given with the shortest first."""
    return recoveries[int(len(recoveries) * part)].seconds


def _recovered(recoveries: Sequence[Recovery]) -> Iterator[str]:
    p50, p95 = quantile(recoveries, _MEDIAN), quantile(recoveries, _NEARLY_ALL)
    yield f"recovery after a fault: p50 {p50:.1f} s, p95 {p95:.1f} s, most {recoveries[-1].seconds:.1f} s"
    by_kind = groupby(sorted(recoveries, key=lambda each: (each.what, each)), lambda each: each.what)
    kinds = sorted(
        ((quantile(some, _NEARLY_ALL), what, some) for what, found in by_kind if (some := [*found])),
        key=lambda kind: (-kind[0], kind[1]),
    )
    for slowest, what, some in kinds:
        median = quantile(some, _MEDIAN)
        yield f"  {what}: {len(some)}, p50 {median:.1f} s, p95 {slowest:.1f} s, the last was {some[-1].last}"
