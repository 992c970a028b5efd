"""What a command or a site does whose standard files are closed, full, or read by nobody."""

import os
import shlex
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.launch.conftest import STOP_WITHIN_S
from tests.site import READY_S, ROOT, UNSET, free_port

COMMAND = f"{shlex.quote(sys.executable)} -m portfolio_app"


@pytest.mark.server
def test_a_site_whose_standard_files_are_closed_serves_and_stops_in_order(tmp_path: Path) -> None:
    port = free_port()
    variables = os.environ | UNSET | {"PORT": str(port), "DATA_DIR": str(tmp_path)}
    command = ["sh", "-c", f"exec {COMMAND} serve <&- >&- 2>&-"]
    with subprocess.Popen(command, cwd=ROOT, env=variables, start_new_session=True) as site:
        latest = time.monotonic() + READY_S
        while site.poll() is None and time.monotonic() < latest:
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://localhost:{port}/api/ready", timeout=2).is_success:
                    break
            time.sleep(0.1)
        standard = [str(Path(f"/proc/{site.pid}/fd/{number}").readlink()) for number in range(3)]
        site.terminate()
        assert site.wait(STOP_WITHIN_S + 5) == 0
    assert standard == [os.devnull] * 3


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("migrate", 0, ""),
        ("backup", 141, ""),
        ("views", 141, ""),
        ("backup > /dev/full", 1, "error: the disk: No space left on device\n"),
        ("room slow lobby 0 > /dev/full", 1, "error: the disk: No space left on device\n"),
    ],
)
def test_what_nobody_reads_is_no_reason_to_say_that_it_was_not_done(
    tmp_path: Path, command: str, code: int, said: str
) -> None:
    variables = os.environ | UNSET | {"DATA_DIR": str(tmp_path)}
    if command != "migrate":
        subprocess.run(
            [sys.executable, "-m", "portfolio_app", "migrate"], cwd=ROOT, env=variables, check=True
        )
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        ["sh", "-c", f"{COMMAND} {command}"],
        check=False,
        cwd=ROOT,
        env=variables,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (code, said)
    assert len(list(tmp_path.glob("backups/*.db"))) == command.startswith("backup")
