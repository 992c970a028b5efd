"""Starting and stopping: one line when it can't, exit code 0 and nothing left behind when it stops."""

import json
import os
import re
import signal
import subprocess
import uuid
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from portfolio_app.launcher import address
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.frontend import Frontend
from tests.launch.conftest import STOP_WITHIN_S, Starter
from tests.site import ROOT, free_port, workers_of
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.server


def has_ended(process: psutil.Process) -> bool:
    # Where nobody reaps orphans, one that ended stays as a zombie.
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def is_free(port: int) -> bool:
    """Nobody listens there any more, whoever did."""
    try:
        address.claim("127.0.0.1", port).close()
    except LaunchError:
        return False
    return True


def processor_s(launcher: int) -> float:
    """What a start has used so far, its servers included, whatever else the machine is doing."""
    processes = [psutil.Process(launcher), *psutil.Process(launcher).children(recursive=True)]
    times = [process.cpu_times() for process in processes]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


def tab(url: str) -> str:
    return f"{url.replace('http', 'ws')}/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"


def test_ready_means_that_it_answers_its_pages_name_no_port_and_a_second_start_there_is_one_line(
    start: Starter,
) -> None:
    port = free_port()
    started = start(port, RATE_LIMITS="off")
    url = started.until_ready()

    assert url == f"http://localhost:{port}"
    assert "warning: RATE_LIMITS=off" in started.output
    assert httpx.get(f"{url}/api/live").status_code == httpx.codes.OK
    page = httpx.get(url).text
    assert "<html" in page
    chunks = [httpx.get(url + path).text for path in set(re.findall(r"/assets/[\w.-]+\.js", page))]
    assert any("page.origin" in chunk for chunk in chunks)
    assert not any("localhost:8000" in chunk for chunk in chunks)
    late = start(port)
    assert late.ended() == 1
    assert re.fullmatch(r"error: PORT: .*Address already in use\n", late.output)


def test_two_starters_share_data_and_build_say_everything_in_json_and_stop_quickly_with_open_websockets(
    start: Starter, tmp_path: Path
) -> None:
    Frontend(ROOT).ensure_built(tmp_path)
    ports = free_port(), free_port()
    both = {started: started.until_ready() for started in [start(port, LOG_LEVEL="debug") for port in ports]}
    for started, stop in zip(both, (signal.SIGTERM, signal.SIGINT), strict=True):
        url = both[started]
        assert httpx.get(f"{url}/api/ready").status_code == httpx.codes.OK
        assert processor_s(started.process.pid) < 10
        with connect(tab(url), origin=url), connect(tab(url), origin=url):
            request_id = httpx.get(f"{url}/api/nothing").headers["x-request-id"]
            took = started.stop(stop)

        assert started.process.returncode == 0
        assert took < STOP_WITHIN_S
        assert "Traceback" not in started.output
        assert "Building" not in started.output
        said = started.output.splitlines()
        logged = said[said.index(f"Ready on {url}") + 1 :]
        assert {json.loads(line)["level"] for line in logged} <= {"debug", "info"}
        logged = [json.loads(line) for line in said if line.startswith("{")]
        [asked] = [line for line in logged if line.get("request_id") == request_id]
        assert asked["message"].startswith("GET /api/{rest} 404 in ")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_terminal_that_is_closed_stops_it_in_order_unless_nohup_was_in_front(
    start: Starter, workers: str, postgres_url: str, redis_url: str
) -> None:
    shared = {"WORKERS": "2", "DATABASE_URL": postgres_url, "REDIS_URL": redis_url} if workers == "2" else {}
    usual = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what `nohup` does; a child inherits it
    try:
        kept = start(free_port(), **shared)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may be run under it themselves
        left = start(free_port(), **shared)
    finally:
        signal.signal(signal.SIGHUP, usual)
    urls = kept.until_ready(), left.until_ready()
    before = workers_of(kept.process.pid)
    with connect(tab(urls[1]), origin=urls[1]) as open_tab:
        for _ in range(2):  # the shell and the system each send it, to every process
            for started in (kept, left):
                os.killpg(started.process.pid, signal.SIGHUP)
        assert left.ended() == 0
        with suppress(ConnectionClosed):
            while True:
                open_tab.recv()
    assert open_tab.protocol.close_code == 1012, "told that the site restarts, not cut off"
    assert "Traceback" not in left.output
    assert httpx.get(f"{urls[0]}/api/ready").status_code == httpx.codes.OK
    assert workers_of(kept.process.pid) == before
    kept.stop()
    assert kept.process.returncode == 0


def test_a_database_that_does_not_answer_is_one_line_without_its_password(start: Starter) -> None:
    refused = start(free_port(), DATABASE_URL="postgresql://user:canary@127.0.0.1:1/site")

    assert refused.ended() == 1
    assert refused.output.splitlines()[-1].startswith("error: DATABASE_URL: the database can't be ")
    assert "Traceback" not in refused.output
    assert "canary" not in refused.output


def test_a_killed_worker_is_replaced_and_all_end_with_a_launcher_that_was_killed(
    start: Starter, postgres_url: str, redis_url: str
) -> None:
    port = free_port()
    started = start(port, WORKERS="2", DATABASE_URL=postgres_url, REDIS_URL=redis_url)
    url = started.until_ready()
    before = workers_of(started.process.pid)
    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: len(workers_of(started.process.pid) - before) == 1)
    assert httpx.get(f"{url}/api/live", timeout=PATIENCE_S).status_code == httpx.codes.OK

    # The new one may still be starting, and another one in its place if that takes it long.
    left = [psutil.Process(pid) for pid in workers_of(started.process.pid) - {min(before)}]
    assert left
    with connect(tab(url), origin=url):
        os.kill(started.process.pid, signal.SIGKILL)
        wait_until(lambda: all(map(has_ended, left)))
        wait_until(lambda: is_free(port))


def test_the_build_leaves_the_checkout_as_committed() -> None:
    changed = subprocess.run(
        [
            "git",
            "-C",
            str(ROOT),
            "status",
            "--porcelain",
            "--",
            "reflex.lock",
            ".gitignore",
            "requirements.txt",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert changed.stdout == ""


def test_a_fresh_install_says_and_fires_something_itself_and_once(start: Starter) -> None:
    for _ in range(2):
        started = start(free_port(), SELF_CHECK="on")
        url = started.until_ready()
        wait_until(lambda url=url: httpx.get(f"{url}/api/runs").json()["runs"])  # type: ignore[misc] # bound to its turn
        runs = httpx.get(f"{url}/api/runs").json()["runs"]
        assert [(run["by_site"], run["balanced"], run["size"]) for run in runs] == [(True, True, 50)]
        room = httpx.get(f"{url}/plain/lobby").text
        assert room.count("this site posted the first message itself") == 1
        assert room.count('<b translate="no">system</b>') == 1
        assert "by this site itself" in httpx.get(f"{url}/api/runs/{runs[0]['run']}.html").text
        started.stop()
        assert "are missing" not in started.output
