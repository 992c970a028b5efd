"""The cost of a cold build: of the words that ship, and of a stranger's 30 articles and 12 projects with pictures."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from benchmarks.fanout.systems import build_site
from benchmarks.rows import Row, Sheet, summary, worded
from benchmarks.server import ROOT
from portfolio_app.launcher.frontend import COMPILED
from tests.unit.http.content import stranger

UNITS: Final = {"cpu_s": "s"}
SITES: Final = ("shipped", "stranger")
ONE_SITE: Final = 1
MOST_TIMES: Final = 1.5
"""The processor time of the stranger's build, over that of the one that ships."""
_PICTURES: Final = ROOT / ".web/public/pictures"
_COMPILE: Final = (
    "import sys; from pathlib import Path; from portfolio_app.launcher.frontend import export_with_reflex;"
    "export_with_reflex(Path(sys.argv[1]))"
)


async def run(*, quick: bool) -> list[Row]:
    """Build both in turns, three times in about five minutes, or once when quick; packages are installed before."""
    build_site()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="builds-") as folder:
        contents = {"shipped": "", "stranger": str(stranger.write_in_scripts(Path(folder) / "content"))}
        for round_ in range(1, 2 if quick else 4):
            for name in SITES:
                sheet = Sheet("builds", name, ONE_SITE, round_, UNITS)
                rows += sheet.rows({"cpu_s": _cold(contents[name], Path(folder) / "log")})
                print(f"builds round {round_}, {name}: {rows[-1].value:.1f} s", flush=True)
    return rows


def _cold(content: str, log: Path) -> float:
    """Processor seconds, user and system, of a build without pictures from an earlier one."""
    shutil.rmtree(_PICTURES, ignore_errors=True)
    (ROOT / COMPILED).unlink(missing_ok=True)
    before = _spent()
    command = [sys.executable, "-c", _COMPILE, str(log)]
    subprocess.run(
        command, cwd=ROOT, env=os.environ | {"CONTENT_DIR": content, "PYTHONPATH": str(ROOT)}, check=True
    )
    return _spent() - before


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(rows: list[Row]) -> Iterable[str]:
    """Both, and how many times one is the other."""
    yield "\nCold builds, processor time (median, lowest and highest)"
    for name in SITES:
        yield f"  {name:8} {worded(rows, name, ONE_SITE, 'cpu_s', 's')}"
    shipped, own = (summary(rows, name, ONE_SITE, "cpu_s") for name in SITES)
    if shipped and own:
        times = own.median / shipped.median
        verdict = "pass" if times <= MOST_TIMES else "FAIL"
        yield f"  {verdict}  a stranger's site takes at most {MOST_TIMES:g} times as long: {times:.2f}"
