"""Times as the browser writes them, run by Node.js: in the zone of its reader, as that zone was at the time."""

import os
import subprocess
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from portfolio_app.http.build.browser_files import HTTP
from portfolio_app.launcher.toolchain import BIN

WINTER = datetime(2026, 1, 15, 23, 45, 4, 7_000, UTC)
SUMMER = datetime(2026, 7, 15, 23, 45, 4, 70_000, UTC)
ZONES = ("UTC", "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe")
PRINT = """
const { clock, instant, iso } = await import(process.argv[1]);
if ([undefined, null].some((at) => clock(at) || iso(at))) throw new Error("a time of nothing");
console.log(process.argv.slice(2).flatMap((at) => [clock(+at), instant(+at), instant(iso(+at))]).join("\\n"));
"""


@pytest.mark.parametrize("zone", ZONES)
def test_a_moment_is_written_with_the_offset_that_its_zone_had_then(zone: str) -> None:
    given = [str(round(at.timestamp() * 1000)) for at in (WINTER, SUMMER)]
    command = [BIN / "node", "--input-type=module", "--eval", PRINT, (HTTP / "kit/times.js").as_uri(), *given]
    environment = os.environ | {"TZ": zone, "LC_ALL": "en_US.UTF-8"}
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=True)
    local = [at.astimezone(ZoneInfo(zone)) for at in (WINTER, SUMMER)]
    to_the_ms = [f"{at:%H:%M:%S}.{at.microsecond // 1000:03}" for at in local]
    expected = [[f"{at:%H:%M}", exact, exact] for at, exact in zip(local, to_the_ms, strict=True)]
    assert printed.stdout.splitlines() == [each for lines in expected for each in lines]
