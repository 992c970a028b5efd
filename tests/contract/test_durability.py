"""A worker killed with -9 in the middle of its posts."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from portfolio_app.infra.db.database import Database
from tests.contract.conftest import DATABASES
from tests.fakes.clock import FakeClock
from tests.fakes.samples import LOBBY

ROOT = Path(__file__).parents[2]
ENOUGH = 200


def acknowledged_before_the_kill(url: str) -> dict[int, str]:
    command = [sys.executable, "-m", "tests.contract.poster", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(ENOUGH)]
        process.kill()
        lines += process.stdout.read().splitlines()[:-1]  # the last line may be cut off
    return {int(revision): message_id for revision, message_id in map(str.split, lines)}


@pytest.mark.parametrize("kind", DATABASES)
async def test_an_acknowledged_message_survives_a_kill_once_and_in_order(
    kind: str, request: pytest.FixtureRequest, clock: FakeClock
) -> None:
    url = request.getfixturevalue(f"fresh_{kind}")

    acknowledged = await asyncio.to_thread(acknowledged_before_the_kill, url)

    database = Database(url, clock)
    stored = await database.unit_of_work.run(lambda r: r.messages.changes_after(LOBBY, 0, 100_000))
    database.close()
    assert len(acknowledged) >= ENOUGH
    assert [message.revision for message in stored] == list(range(1, len(stored) + 1))
    kept = {message.revision: message.id for message in stored}
    assert acknowledged.items() <= kept.items()
