"""`make chaos` in short: one round of faults over two hosts, and the verdict over all that was recorded."""

import os
from pathlib import Path

import pytest

from tests.chaos.history import History
from tests.chaos.run import Plan, Progress, run
from tests.chaos.verdict import judge

pytestmark = pytest.mark.server
KINDS = (
    "kill -9 of a worker",
    "stopped worker",
    "host vanished in mid transaction",
    "cut between host and Redis",
    "answer to a commit lost",
    "database crash",
    "proxy reload",
)

HEARD = 9
"""Three authors, after each fault but the last; seven faults come in four groups at least."""


async def test_two_hosts_keep_every_promise_under_faults(tmp_path: Path) -> None:
    plan = Plan(
        seed=int(os.environ.get("CHAOS_SEED", "1")),
        rounds=1,
        kinds=KINDS,
        workers=(1, 1),
        busy=("lobby",),
        quiet=("attic",),
        watchers=2,
        quiet_pause_s=1.0,
        most_fault_s=0.8,
        between_s=0.2,
        waits_s=60,
    )
    history = History(tmp_path / "chaos.jsonl")
    await run(plan, tmp_path, history, Progress())
    verdict = judge(history.entries)
    assert verdict.findings == (), (plan.seed, history.file)
    assert verdict.faults.total() == len(KINDS)
    assert verdict.acknowledged + verdict.changed >= HEARD
