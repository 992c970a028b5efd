"""The load burst in Chromium: the home page's own run, against the same script and a bare route."""

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page, async_playwright

from benchmarks.fanout.systems import build_site
from benchmarks.probe import BARE_UVICORN, GRANIAN, SITE, target
from benchmarks.rows import Row, Sheet, percentile, summary
from benchmarks.server import Server, free_port

PROMISED: Final = 0.8
SIZE: Final = 1_000
WORKERS: Final = 24
_READY: Final = "/api/live"
_LONGEST_MS: Final = 60_000
_LOOK_MS: Final = 500
"""Looking at every frame, as Playwright does by itself, makes the page draw more of them and slows the run."""
_UNITS: Final = {"requests_per_s": "1/s", "p50_ms": "ms", "p99_ms": "ms", "balanced": "0 or 1"}
_LOAD: Final = """async (run) => {
  const { orderOf } = await import("/js/burst_server.js");
  return await new Promise((done, fail) => {
    const worker = new Worker("/js/burst_worker.js");
    const answers = [];
    worker.onerror = fail;
    worker.onmessage = ({ data }) => {
      answers.push(...data.fresh);
      if (data.over) done(answers);
    };
    worker.postMessage(orderOf(run));
  });
}"""
"""The page's own part around its worker, without everything else."""
_RUN_OF_BARE: Final = {
    "run": "0",
    "ticket": "0",
    "mode": "noop",
    "size": SIZE,
    "workers": WORKERS,
    "expires_in_s": 300,
}

_RUN: Final = "() => document.querySelector('[data-testid=burst-receipt]')?.dataset.run ?? null"


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure: each round opens every system afresh and runs `bursts` after a first one to warm up."""

    rounds: int
    bursts: int


FULL = Scope(rounds=3, bursts=3)
QUICK = Scope(rounds=1, bursts=1)


async def run(*, quick: bool) -> list[Row]:
    """Measure, the systems in turns; takes about two minutes, or half of one when quick."""
    build_site()
    scope = QUICK if quick else FULL
    rows: list[Row] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or None,
            args=["--no-sandbox", "--disable-background-networking"],
        )
        for round_ in range(scope.rounds):
            print(f"burst round {round_ + 1}", flush=True)
            for system in (SITE, GRANIAN, BARE_UVICORN):
                for burst, values in enumerate(await _round(browser, system, scope.bursts), 1):
                    rows += rows_of(system, round_ * scope.bursts + burst, values)
        await browser.close()
    return rows


async def _round(browser: Browser, system: str, bursts: int) -> list[dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="burst-") as scratch:
        port = free_port()
        chosen = target(system, port, Path(scratch))
        server = await Server.start(chosen.command, chosen.env, Path(scratch), port, _READY)
        page = await browser.new_page(base_url=f"http://localhost:{port}")
        page.set_default_timeout(_LONGEST_MS)
        try:
            await page.goto("/")
            one = _burst_of_site if system == SITE else _burst_of_bare
            return [await one(page) for _ in range(bursts + 1)][1:]
        finally:
            await page.close()
            await server.stop()


async def _burst_of_site(page: Page) -> dict[str, float]:
    """The page's own defaults; the numbers are those of its receipt."""
    await page.wait_for_selector("[data-testid=connection][data-state=live]")
    before = await page.evaluate(_RUN)
    await page.get_by_test_id("burst-run").click()
    await page.wait_for_function(
        f"(before) => ![before, null].includes(({_RUN})())", arg=before, polling=_LOOK_MS
    )
    answer = await page.request.get(f"/api/runs/{await page.evaluate(_RUN)}")
    return values_of_receipt(await answer.json())


async def _burst_of_bare(page: Page) -> dict[str, float]:
    return values_of_answers(await page.evaluate(_LOAD, _RUN_OF_BARE))


def values_of_receipt(receipt: dict[str, Any]) -> dict[str, float]:
    """The numbers of a run as the site recorded it."""
    return {
        "requests_per_s": receipt["rps"],
        "p50_ms": receipt["latency_ms"]["p50"],
        "p99_ms": receipt["latency_ms"]["p99"],
        "balanced": float(receipt["balanced"] and receipt["ledgers"]["answered"] == SIZE),
    }


def values_of_answers(answers: Sequence[Sequence[Any]]) -> dict[str, float]:
    """The same numbers, from what the script reports: n, request id, status, began and took in µs."""
    if any(status != HTTPStatus.OK for _, _, status, _, _ in answers) or len(answers) != SIZE:
        raise ConnectionError(f"{len(answers)} answers, not all of them 200")
    elapsed = max(began + took for *_, began, took in answers) - min(began for *_, began, _ in answers)
    times = [took / 1000 for *_, took in answers]
    return {
        "requests_per_s": len(answers) * 1_000_000 / elapsed,
        "p50_ms": percentile(times, 50),
        "p99_ms": percentile(times, 99),
    }


def rows_of(system: str, run_: int, values: dict[str, float]) -> list[Row]:
    """One run."""
    return Sheet("burst", system, WORKERS, run_, _UNITS).rows(values)


def report(rows: list[Row]) -> Iterable[str]:
    """All three, whether every receipt balanced, and whether the site keeps its promise."""
    measured = [row for row in rows if row.measure == "burst"]
    yield f"\nBurst: {SIZE} requests, {WORKERS} workers, from Chromium (median of the runs, lowest and highest)"
    for name in dict.fromkeys(row.system for row in measured):
        for metric in ("requests_per_s", "p50_ms", "p99_ms"):
            found = summary(measured, name, WORKERS, metric)
            if found is not None:
                yield f"  {name:18} {metric:15} {found.median:10.3f} ({found.low:.3f}-{found.high:.3f})"
    balanced = summary(measured, SITE, WORKERS, "balanced")
    if balanced is not None:
        yield f"  {'pass' if balanced.low == 1 else 'FAIL'}  every receipt of the site balances"
    yield from (_verdict(measured, bare) for bare in (GRANIAN, BARE_UVICORN))


def _verdict(measured: list[Row], against: str) -> str:
    site, bare = (summary(measured, name, WORKERS, "requests_per_s") for name in (SITE, against))
    if site is None or bare is None:
        return f"  no verdict against {against}: a value is missing"
    ratio = site.median / bare.median
    kept = "pass" if ratio >= PROMISED else "FAIL"
    return f"  {kept}  the page's burst is at least x{PROMISED:.2f} as fast as the script on {against}: x{ratio:.2f}"
