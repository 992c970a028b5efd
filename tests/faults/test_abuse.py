"""`make abuse` in short: every abuse at once for a moment, and those promises that hold on a slow machine too."""

from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from benchmarks.mixed import measure
from tests.site import running_site

pytestmark = pytest.mark.server

SECONDS, TABS = 2.0, 6
CASES = ("reports", "nested", "leavers", "odd", "headers", "trailers", "chunks", "pipelined")
"""Those that are at work at once: others wait for a turn, a password or a limit first."""


async def test_beside_abuse_nothing_honest_is_lost_and_the_log_is_json(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        process = psutil.Process(site.process.pid)

        async def memory() -> float:
            return float(process.memory_info().rss)

        port, database = int(urlsplit(site.url).port or 0), tmp_path / "portfolio.db"
        found = await measure(
            port,
            database,
            memory,
            site.output,
            seconds=SECONDS,
            cases=CASES,
            idle_s=0.5,
            after_s=0,
            tabs=TABS,
        )
    assert found.faults == []
    assert found.log
    assert found.odd == []
    assert found.done.keys() == set(CASES)
    assert found.beside, "posts were made beside the abuse"
