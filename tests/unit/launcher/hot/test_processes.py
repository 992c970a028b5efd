"""A forked process has what its parent imported and nothing of what came later; all end with the hub."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from portfolio_app.launcher.hot.process import FIRST
from portfolio_app.launcher.hot.processes import Ended, Failed, Hub, Process
from portfolio_app.launcher.toolchain import ROOT

SOON_S = 20


@asynccontextmanager
async def started(place: Path) -> AsyncIterator[Process]:
    async with asyncio.timeout(SOON_S), Hub(place / "link") as hub:
        _, joined = hub.expect(FIRST)
        own = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "portfolio_app.launcher.hot.process", str(hub.address)), cwd=ROOT
        )
        yield await hub.arrival(joined, asyncio.Event())
    await asyncio.wait_for(own.wait(), SOON_S)


async def test_a_fork_begins_with_what_was_imported_and_goes_its_own_way(tmp_path: Path) -> None:
    async with started(tmp_path) as first:
        await first.load("portfolio_app.launcher.errors")
        fork = await first.fork()
        await fork.load("portfolio_app.launcher.address")

        address = ROOT / "portfolio_app/launcher/address.py"
        assert first.loaded < fork.loaded
        assert address in fork.loaded - first.loaded
        assert fork.pid != first.pid


async def test_what_an_import_reads_is_among_what_it_depends_on(tmp_path: Path) -> None:
    async with started(tmp_path) as first:
        await first.load("portfolio_app.http.frame")
        assert (first.content_readers, ROOT / "portfolio_app/content/profile.toml" in first.loaded) == (
            set(),
            False,
        )

        await first.load("portfolio_app.http.showcase.proof")
        assert ROOT / "portfolio_app/http/showcase/proof.py" in first.content_readers
        assert ROOT / "portfolio_app/content/profile.toml" in first.loaded
        assert ROOT / "portfolio_app/content/writing" in first.loaded


async def test_what_it_calls_is_answered_and_its_environment_is_its_own(tmp_path: Path) -> None:
    async with started(tmp_path) as first:
        fork = await first.fork(PORTFOLIO_PROBE="here")
        name = "tests.unit.launcher.hot.test_processes:probe"

        assert await fork.call(name, "PORTFOLIO_PROBE") == "here"
        assert await first.call(name, "PORTFOLIO_PROBE") is None


async def test_what_fails_is_a_problem_and_the_process_lives_on(tmp_path: Path) -> None:
    async with started(tmp_path) as first:
        with pytest.raises(Failed, match="No module named 'nothing_of_this_name'") as failed:
            await first.load("nothing_of_this_name")

        assert failed.value.problem["trace"].startswith("Traceback")
        await first.load("json")


async def test_a_preparation_leaves_out_what_is_broken(tmp_path: Path) -> None:
    async with started(tmp_path) as first:
        await first.load("nothing_of_this_name", "portfolio_app.launcher.address", missing=True)

        assert ROOT / "portfolio_app/launcher/address.py" in first.loaded


async def test_an_answer_that_nobody_waited_for_is_no_answer_to_the_next_question(tmp_path: Path) -> None:
    async with started(tmp_path) as first:
        abandoned = asyncio.ensure_future(first.call("tests.unit.launcher.hot.test_processes:probe", "PATH"))
        await asyncio.sleep(0)
        abandoned.cancel()

        assert await first.call("tests.unit.launcher.hot.test_processes:probe", "PORTFOLIO_PROBE") is None


async def test_a_killed_process_is_no_endless_wait(tmp_path: Path) -> None:
    async with started(tmp_path) as first:
        fork = await first.fork()
        fork.stop()

        with pytest.raises(Ended):
            await fork.call("tests.unit.launcher.hot.test_processes:probe", "PATH")


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_all_end_with_the_hub(tmp_path: Path) -> None:
    async with started(tmp_path) as first:
        pids = [first.pid, (await first.fork()).pid, (await (await first.fork()).fork()).pid]

    async with asyncio.timeout(SOON_S):
        while any(map(_runs, pids)):
            await asyncio.sleep(0.05)


async def test_one_at_work_ends_with_the_hub_when_everything_is_cancelled_at_once(tmp_path: Path) -> None:
    """As asyncio does after a second Ctrl-C: whoever serves the connection may be first, and the job is long."""
    async with asyncio.timeout(SOON_S), Hub(tmp_path / "link") as hub:
        _, joined = hub.expect(FIRST)
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "portfolio_app.launcher.hot.process", str(hub.address)), cwd=ROOT
        )
        fork = await (await hub.arrival(joined, asyncio.Event())).fork()
        began = tmp_path / "began"
        job = asyncio.create_task(fork.call("tests.unit.launcher.hot.test_processes:last", str(began)))
        while not began.exists():
            await asyncio.sleep(0.02)
        everything = asyncio.all_tasks() - {asyncio.current_task()}
        for task in everything:
            task.cancel()
        await asyncio.wait(everything)
        assert job.cancelled()

    async with asyncio.timeout(SOON_S):
        while _runs(fork.pid):
            await asyncio.sleep(0.05)


def last(_link: object, began: str) -> None:
    """Called in the other process, and longer than this test has patience."""
    import time

    Path(began).touch()
    time.sleep(3 * SOON_S)  # a job that is still at work when its launcher ends


def probe(_link: object, name: str) -> str | None:
    """Called in the other process."""
    import os

    return os.environ.get(name)


async def test_what_is_said_with_the_greeting_is_heard(tmp_path: Path) -> None:
    heard: list[object] = []
    async with asyncio.timeout(SOON_S), Hub(tmp_path / "link") as hub:
        _, joined = hub.expect("vite", heard.append)
        _, writer = await asyncio.open_unix_connection(hub.address)
        writer.write(b'{"name": "vite", "pid": 1073741824}\n{"happened": "listening"}\n')
        process = await joined
        writer.close()
        await process.ended.wait()

    assert heard == [{"happened": "listening"}]
