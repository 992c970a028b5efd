"""Starting and stopping: one line when it can't, exit code 0 and nothing left behind when it stops."""

import json
import os
import re
import signal
import subprocess
import uuid

import httpx
import psutil
import pytest
from websockets.sync.client import connect

from portfolio_app.launcher import address
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


def processor_s(launcher: int) -> float:
    """What a start has used so far, its servers included, whatever else the machine is doing."""
    processes = [psutil.Process(launcher), *psutil.Process(launcher).children(recursive=True)]
    times = [process.cpu_times() for process in processes]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


def tab(url: str) -> str:
    return f"{url.replace('http', 'ws')}/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"


def test_ready_means_that_it_answers(start: Starter) -> None:
    port = free_port()
    url = start(port).until_ready()

    assert url == f"http://localhost:{port}"
    assert httpx.get(f"{url}/api/live").status_code == httpx.codes.OK
    assert "<html" in httpx.get(url).text


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_with_open_websockets_is_quick_and_clean(start: Starter, stop: signal.Signals) -> None:
    started = start(free_port())
    url = started.until_ready()
    with connect(tab(url), origin=url), connect(tab(url), origin=url):
        took = started.stop(stop)

    assert started.process.returncode == 0
    assert took < STOP_WITHIN_S
    assert "Traceback" not in started.output


def test_another_port_needs_no_build_and_is_up_at_once(start: Starter) -> None:
    first = start(free_port())
    first.until_ready()
    first.stop()
    second = start(free_port())
    second.until_ready()

    assert processor_s(second.process.pid) < 10
    assert "Building" not in second.output


def test_the_served_frontend_names_no_port(start: Starter) -> None:
    url = start(free_port()).until_ready()
    page = httpx.get(url).text
    chunks = [httpx.get(url + path).text for path in set(re.findall(r"/assets/[\w.-]+\.js", page))]

    assert any("page.origin" in chunk for chunk in chunks)
    assert not any("localhost:8000" in chunk for chunk in chunks)


def test_a_taken_port_is_one_line(start: Starter) -> None:
    port = free_port()
    start(port).until_ready()
    late = start(port)

    assert late.ended() == 1
    assert re.fullmatch(r"error: PORT: .*Address already in use\n", late.output)


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"PUBLIC_URL": "*"}, "error: PUBLIC_URL: "),
        ({"PUBLIC_URL": "https://example.org"}, "error: SESSION_SECRET: "),
        (
            {"PUBLIC_URL": "https://example.org", "SESSION_SECRET": "s" * 32},
            "error: TRUSTED_PROXY_HOPS: ",
        ),
        (
            {"DATABASE_URL": "postgresql://user:canary@127.0.0.1:1/site"},
            "error: DATABASE_URL: the database can't be ",
        ),
    ],
)
def test_a_wrong_variable_is_one_line(start: Starter, environment: dict[str, str], line: str) -> None:
    refused = start(free_port(), **environment)

    assert refused.ended() == 1
    assert refused.output.splitlines()[-1].startswith(line)
    assert "Traceback" not in refused.output
    assert "canary" not in refused.output


def test_limits_off_are_warned_about(start: Starter) -> None:
    started = start(free_port(), RATE_LIMITS="off")
    started.until_ready()

    assert "warning: RATE_LIMITS=off" in started.output


def test_everything_but_the_launchers_own_words_is_json(start: Starter) -> None:
    started = start(free_port(), LOG_LEVEL="debug")
    url = started.until_ready()
    with connect(tab(url), origin=url):
        request_id = httpx.get(f"{url}/api/nothing").headers["x-request-id"]
    started.stop()

    said = started.output.splitlines()
    logged = said[said.index(f"Ready on {url}") + 1 :]
    assert {json.loads(line)["level"] for line in logged} <= {"debug", "info"}
    logged = [json.loads(line) for line in said if line.startswith("{")]
    [asked] = [line for line in logged if line.get("request_id") == request_id]
    assert asked["message"].startswith("GET /api/{rest} 404 in ")


def test_two_starters_share_one_data_directory(start: Starter) -> None:
    both = [start(free_port()), start(free_port())]
    urls = [started.until_ready() for started in both]

    assert all(httpx.get(f"{url}/api/ready").status_code == httpx.codes.OK for url in urls)


def test_a_killed_worker_is_replaced(start: Starter, postgres_url: str, redis_url: str) -> None:
    started = start(free_port(), WORKERS="2", DATABASE_URL=postgres_url, REDIS_URL=redis_url)
    url = started.until_ready()
    before = workers_of(started.process.pid)
    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: len(workers_of(started.process.pid) - before) == 1)

    assert httpx.get(f"{url}/api/live", timeout=PATIENCE_S).status_code == httpx.codes.OK
    last = [psutil.Process(pid) for pid in workers_of(started.process.pid)]
    assert started.stop() < STOP_WITHIN_S
    assert started.process.returncode == 0
    assert not any(worker.is_running() for worker in last)


def test_workers_end_with_a_launcher_that_was_killed(
    start: Starter, postgres_url: str, redis_url: str
) -> None:
    port = free_port()
    started = start(port, WORKERS="2", DATABASE_URL=postgres_url, REDIS_URL=redis_url)
    url = started.until_ready()
    left = [psutil.Process(pid) for pid in workers_of(started.process.pid)]
    with connect(tab(url), origin=url):
        os.kill(started.process.pid, signal.SIGKILL)
        wait_until(lambda: all(map(has_ended, left)))

    assert len(left) == 2
    address.claim("127.0.0.1", port).close()


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
