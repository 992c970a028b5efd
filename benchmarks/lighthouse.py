"""The home page as Lighthouse sees it, on a phone and on a desktop, and an article with five photographs on a phone."""

import asyncio
import json
import os
import random
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from benchmarks import npm
from benchmarks.fanout.systems import Site, build_site
from benchmarks.rows import Row, Sheet, summary, worded
from benchmarks.server import ROOT, Server, free_port
from portfolio_app.launcher.toolchain import BIN

PINNED: Final = "13.5.0"
PRESETS: Final = {"mobile": (), "desktop": ("--preset=desktop",), "article": ()}
"""The pages that are looked at: the home page on both devices, and the article on a phone."""
PICTURES: Final = 5
_SHIPPED: Final = ROOT / "portfolio_app" / "content"
_ARTICLE: Final = "photographs"
_TEXT: Final = """\
+++
title = "Five photographs"
summary = "An article as a traveller writes it, with a picture every few lines."
date = 2020-01-01
tags = ["photographs"]
+++

The first picture is on the first screen, as it is wherever somebody shows what they have seen.

"""
SCORES: Final = ("performance", "accessibility", "best-practices", "seo")
ONE_PAGE: Final = 1
UNITS: Final = dict.fromkeys(SCORES, "of 100") | {"cls": "", "lcp_ms": "ms", "tbt_ms": "ms"}
_TIMINGS: Final = {
    "cls": "cumulative-layout-shift",
    "lcp_ms": "largest-contentful-paint",
    "tbt_ms": "total-blocking-time",
}
_PROGRAM: Final = "cli/index.js"
_CHROMIUM: Final = "--headless=new --no-sandbox --disable-background-networking"
_LONGEST_S: Final = 180
_ATTEMPTS: Final = 3
"""On a busy machine Lighthouse may lose the beginning of its recording, and asks to be run again."""
_AS_GOOD_AS_FULL: Final = 0.995


@dataclass(frozen=True, slots=True)
class Promise:
    """A bound on the median of the rounds."""

    preset: str
    metric: str
    bound: float
    at_least: bool = True

    def kept_by(self, value: float) -> bool:
        """Whether `value` is on the right side of the bound, or on it."""
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{self.preset} {self.metric} is at {'least' if self.at_least else 'most'} {self.bound:g}"


PROMISED: Final = (
    Promise("mobile", "performance", 95),
    Promise("desktop", "performance", 99),
    Promise("article", "performance", 100),
    *(Promise(preset, score, 100) for preset in PRESETS for score in SCORES[1:]),
    *(Promise(preset, "cls", 0.01, at_least=False) for preset in PRESETS),
)


async def run(*, quick: bool) -> list[Row]:
    """Measure, the presets in turns: three rounds in about three minutes, or one when quick."""
    npm.installed("lighthouse", PINNED)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        scratch, site, port = Path(folder), Site(), free_port()
        own = {"CONTENT_DIR": str(with_photographs(scratch / "content"))}
        build_site(**own)
        server = await Server.start(
            site.command(port), site.env(port, scratch) | own, scratch, port, site.ready_path
        )
        try:
            for round_ in range(1, 2 if quick else 4):
                for preset in PRESETS:
                    rows += await _measure(port, preset, round_, scratch / "report.json")
        finally:
            await server.stop()
    return rows


def with_photographs(folder: Path) -> Path:
    """A copy of the content that ships, with one more article, in `folder`."""
    shutil.copytree(_SHIPPED, folder)
    text = _TEXT
    for number in range(PICTURES):
        _photograph(number).save(folder / "writing" / f"{_ARTICLE}-{number}.jpg", quality=92)
        text += f'![A landscape, number {number}]({_ARTICLE}-{number}.jpg "Taken on day {number}")\n\n'
        text += "What stands below it says where it was taken, and why. " * 8 + "\n\n"
    (folder / "writing" / f"{_ARTICLE}.md").write_text(text, encoding="utf-8")
    return folder


def _photograph(seed: int, size: tuple[int, int] = (1800, 1200)) -> Image.Image:
    """Clouds of all sizes: as many details as a camera's picture has, and as hard to encode; the same every time."""
    chance = random.Random(seed)
    found = Image.new("RGB", size, "grey")
    for octave in range(1, 9):
        width, height = 3 * 2**octave, 2 * 2**octave
        clouds = Image.frombytes("RGB", (width, height), chance.randbytes(3 * width * height))
        found = Image.blend(found, clouds.resize(size, Image.Resampling.BICUBIC), 0.7 / octave)
    return found


async def _measure(port: int, preset: str, round_: int, target: Path) -> list[Row]:
    sheet = Sheet("lighthouse", preset, ONE_PAGE, round_, UNITS)
    why = ""
    for _ in range(_ATTEMPTS):
        try:
            path = f"writing/{_ARTICLE}" if preset == "article" else ""
            found = await _look(f"http://localhost:{port}/{path}", preset, target)
            values = values_of(found)
        except ConnectionError as failure:
            why = str(failure)
            print(f"lighthouse round {round_}, {preset}: {why}", flush=True)
        else:
            lost = "; ".join(losses(found)) or "nothing lost"
            print(f"lighthouse round {round_}, {preset}: {lost}", flush=True)
            return sheet.rows(values)
    return sheet.missing(why)


async def _look(address: str, preset: str, target: Path) -> dict[str, Any]:
    """Open it once in a new Chromium. Raises ConnectionError with what Lighthouse said."""
    command = (
        *(str(BIN / "node"), str(npm.installed("lighthouse", PINNED) / _PROGRAM), address),
        *("--quiet", "--output=json", f"--output-path={target}", f"--only-categories={','.join(SCORES)}"),
        *(f"--chrome-flags={_CHROMIUM}", *PRESETS[preset]),
    )
    chosen = os.environ.get("CHROMIUM")
    environment = dict(os.environ) | ({"CHROME_PATH": chosen} if chosen else {})
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(), _LONGEST_S)
    except TimeoutError:
        process.terminate()
        await process.wait()
        raise ConnectionError(f"no report within {_LONGEST_S} s") from None
    if process.returncode:
        raise ConnectionError(said.decode(errors="replace").strip()[-500:])
    return read(target)


def read(target: Path) -> dict[str, Any]:
    """A report as Lighthouse wrote it."""
    found: dict[str, Any] = json.loads(target.read_bytes())
    return found


def values_of(found: dict[str, Any]) -> dict[str, float]:
    """Scores and timings of a report. Raises ConnectionError with its reason if it has none."""
    if "runtimeError" in found:
        raise ConnectionError(found["runtimeError"]["message"])
    values = {score: found["categories"][score]["score"] for score in SCORES}
    if None in values.values():
        raise ConnectionError(f"no score for {', '.join(name for name in SCORES if values[name] is None)}")
    scores = {name: float(round(score * 100)) for name, score in values.items()}
    return scores | {name: found["audits"][audit]["numericValue"] for name, audit in _TIMINGS.items()}


def losses(found: dict[str, Any]) -> Iterator[str]:
    """Which audits cost a score something."""
    for name in SCORES:
        category = found.get("categories", {}).get(name, {"auditRefs": ()})
        for reference in category["auditRefs"]:
            score = found["audits"][reference["id"]]["score"]
            if reference["weight"] and score is not None and score < _AS_GOOD_AS_FULL:
                yield f"{name} {reference['id']} {score:g}"


def report(rows: list[Row]) -> Iterable[str]:
    """Every score and timing, and which promises they keep."""
    yield f"\nLighthouse {PINNED}: /, and an article with {PICTURES} photographs (median, lowest and highest)"
    for preset in PRESETS:
        for metric, unit in UNITS.items():
            yield f"  {preset:8} {metric:15} {worded(rows, preset, ONE_PAGE, metric, unit)}"
    yield from (_verdict(rows, promise) for promise in PROMISED)


def _verdict(rows: list[Row], promise: Promise) -> str:
    found = summary(rows, promise.preset, ONE_PAGE, promise.metric)
    if found is None:
        return f"  no verdict whether {promise}: a value is missing"
    return f"  {'pass' if promise.kept_by(found.median) else 'FAIL'}  {promise}: {found.median:.3g}"
