"""Which faults are caused, and when: drawn from a seed, so that the same ones can be had again."""

import asyncio
import random
from collections.abc import Callable, Sequence

from tests.chaos.faults import ALONE, FAULTS, RESTARTS_REDIS, Step
from tests.chaos.history import Fault, History
from tests.chaos.site import Lab


def drawn(
    rng: random.Random, kinds: Sequence[str], *, most_s: float, pause_s: float, overlap: float
) -> list[list[Step]]:
    """One step for each kind, in an order and with the details that the dice say; some of them two at a time."""
    groups: list[list[Step]] = []
    for step in _steps(rng, kinds, most_s, pause_s):
        alone = not groups or len(groups[-1]) > 1 or not _may_overlap(groups[-1][0].what, step.what)
        if rng.random() >= overlap or alone:
            groups.append([step])
        else:
            groups[-1].append(step)
    return groups


def _may_overlap(*kinds: str) -> bool:
    """Whether two kinds can happen at the same time: each server is stopped and started by one of them at most."""
    return ALONE.isdisjoint(kinds) and not RESTARTS_REDIS.issuperset(kinds)


def _steps(rng: random.Random, kinds: Sequence[str], most_s: float, pause_s: float) -> list[Step]:
    return [
        Step(
            what=what,
            host=rng.randrange(2),
            lasts_s=round(rng.uniform(0.3, 1.0) * most_s, 2),
            pause_s=round(rng.uniform(0.5, 1.5) * pause_s, 2),
            broken=rng.random() < 0.5,
            worker=rng.randrange(8),
        )
        for what in rng.sample([*kinds], len(kinds))
    ]


class Nemesis:
    """Causes faults in a laboratory, and writes down when each began and ended."""

    def __init__(self, lab: Lab, history: History) -> None:
        self._lab, self._history = lab, history
        self._number = 0

    async def cause(self, step: Step, halfway: Callable[[], None] | None = None) -> None:
        """From the beginning of a fault to its end; whatever else happens, it ends.

        `halfway` is called while it lasts, and lets everybody fall silent.
        """
        await asyncio.sleep(step.pause_s)  # the faults' own pace, as drawn
        self._number += 1
        number = self._number
        self._history.add(Fault(number, step.what))
        async with FAULTS[step.what](self._lab, self._lab.hosts[step.host], step):
            await asyncio.sleep(step.lasts_s / 2)  # how long it lasts, as drawn
            if halfway is not None:
                halfway()
            await asyncio.sleep(step.lasts_s / 2)  # the other half
        self._history.add(Fault(number, step.what, ended=True, posting=halfway is None))
