"""Edits of both systems in turns, under hot reload, until each is seen in Chromium."""

import asyncio
import itertools
import os
import socket
import tempfile
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Error, Page, async_playwright

from benchmarks.devloop import systems
from benchmarks.devloop.systems import BLANK, KINDS, PAGE, REPAIR, SITE, Edit, System
from benchmarks.rows import Row, percentile
from benchmarks.server import Server, free_port

METRIC: Final = "change_to_seen_ms"
STARTS: Final = ("first_start", "warm_start")
BOUND: Final = {"stylesheet": 500.0, "asset": 500.0, "article": 500.0}
"""Milliseconds; everything else is compared to the blank app."""
RATIO: Final = 1.5
_SEEN_S: Final = 60
_STARTED_S: Final = 300
_QUIET_S: Final = 0.6
_PATIENCE_MS: Final = 300
_BUSY: Final = 0.1
"""Share of a core that an idle development server may use: it looks for changes."""
_SEEN: Final = """async ([kind, mark]) => {
  if (kind === "stylesheet") return getComputedStyle(document.body).getPropertyValue("--probe").trim() === mark;
  if (kind === "asset") return (await (await fetch(`/probe-${mark}.svg`, {cache: "no-store"})).text()).trim() === mark;
  if (kind === "handler" && Date.now() - (window.pressed ?? 0) > 100) {
    window.pressed = Date.now();
    for (const field of document.querySelectorAll("form input:not([type=hidden])")) field.value ||= "a@example.org";
    document.querySelector("form").requestSubmit();
  }
  return document.body.textContent.includes(mark);
}"""
_BROKEN: Final = "\n)\n"


@dataclass
class Running:
    """A started system, and the one page of it that is open."""

    system: System
    server: Server
    page: Page

    async def row(self, kind: str, round_: int) -> Row:
        """Make the edit; a change that is not seen is a row without a value."""
        try:
            took = await self.seen_after(kind, f"mark{kind.replace('_', '')}{round_}")
        except TimeoutError:
            took = None
        return _row(self.system.name, kind, round_, took)

    async def seen_after(self, kind: str, mark: str) -> float:
        """Milliseconds from saving the edit until it is seen; the file is as it was afterwards."""
        edit = self.system.edits[kind]
        file = self.system.root / edit.file.format(mark=mark)
        before = file.read_text(encoding="utf-8") if file.exists() else None
        address = (edit.page or self.system.page).format(mark=mark)
        if kind != PAGE:
            await self.open(address)
        await self.quiet()
        if kind == REPAIR:
            file.write_text(f"{before}{_BROKEN}", encoding="utf-8")
            await asyncio.sleep(_QUIET_S)  # for the change to be noticed
            await self.quiet()
        began = time.perf_counter()
        file.write_text(edited(before or "", edit, mark), encoding="utf-8")
        try:
            if kind == PAGE:
                await _until_there(self.page, address, mark)
            else:
                await _until_seen(self.page, kind, mark)
            return (time.perf_counter() - began) * 1000
        finally:
            if kind == PAGE:
                await self.page.goto("about:blank")
            file.unlink() if before is None else file.write_text(before, encoding="utf-8")
            await asyncio.sleep(_QUIET_S)
            await self.quiet()

    async def open(self, address: str) -> None:
        """Have this page open, and complete."""
        if urlsplit(self.page.url).path != address:
            await self.page.goto(address, timeout=_SEEN_S * 1000)
            await self.page.wait_for_selector("form, article", timeout=_SEEN_S * 1000)

    async def quiet(self) -> None:
        """Wait until its processes have nothing to do: what an edit leaves to the background is not the next one's."""
        async with asyncio.timeout(_SEEN_S):
            used = self.server.cpu_s()
            while True:
                await asyncio.sleep(_QUIET_S)
                before, used = used, self.server.cpu_s()
                if used - before < _BUSY * _QUIET_S:
                    return


def edited(text: str, edit: Edit, mark: str) -> str:
    """The text of the file with what is to be seen in it. Raises ValueError where the edit no longer fits."""
    for old, new in edit.replaced.items():
        shown = new.format(mark=mark)
        if not old:
            text += shown
        elif old in text:
            text = text.replace(old, shown, 1)
        else:
            raise ValueError(f"{edit.file} has no {old!r}")
    return text


async def run(*, quick: bool) -> list[Row]:
    """Measure both, each edit of one followed by the same of the other; takes some ten minutes, or three when quick."""
    rounds = 1 if quick else 5
    rows: list[Row] = []
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="devloop-")))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or None,
            args=["--no-sandbox", "--disable-background-networking"],
        )
        stack.push_async_callback(browser.close)
        ports = {name: _two_free_ports() for name in (SITE, BLANK)}
        found = (systems.site(scratch, ports[SITE]), systems.blank(scratch, ports[BLANK]))
        for start in STARTS:
            for system in found:
                print(f"devloop {start} {system.name}", flush=True)
                server, took = await _started(system, ports[system.name])
                rows.append(_row(system.name, start, 1, took))
                await server.stop()
        running = []
        for system in found:
            server, _ = await _started(system, ports[system.name])
            stack.push_async_callback(server.stop)
            page = await browser.new_page(base_url=f"http://localhost:{ports[system.name]}")
            running.append(Running(system, server, page))
        for round_ in range(1, rounds + 1):
            for kind in KINDS:
                print(f"devloop round {round_} {kind}", flush=True)
                rows += [await one.row(kind, round_) for one in running if kind in one.system.edits]
    return rows


async def _started(system: System, port: int) -> tuple[Server, float]:
    began = time.perf_counter()
    server = Server.spawned(system.command, system.variables(port), system.root, port)
    try:
        async with asyncio.timeout(_STARTED_S), httpx.AsyncClient() as client:
            for url in (f"http://localhost:{port}{system.page}", f"http://localhost:{port + 1}/ping"):
                while True:
                    with suppress(httpx.HTTPError):
                        if (await client.get(url, timeout=_STARTED_S)).status_code == httpx.codes.OK:
                            break
                    server.check()
                    await asyncio.sleep(0.05)
    except BaseException:
        await server.stop()
        raise
    return server, (time.perf_counter() - began) * 1000


async def _until_seen(page: Page, kind: str, mark: str) -> None:
    async with asyncio.timeout(_SEEN_S):
        while True:
            with suppress(Error):  # the page may be loading anew
                if await page.evaluate(_SEEN, [kind, mark]):
                    return
            await asyncio.sleep(0.02)


async def _until_there(page: Page, address: str, mark: str) -> None:
    """Ask for a new page as a person does: again, and each time with a little more patience."""
    async with asyncio.timeout(_SEEN_S):
        for tries in itertools.count(1):
            with suppress(Error):
                await page.goto(address)
                await page.get_by_text(mark).wait_for(timeout=tries * _PATIENCE_MS)
                return


def _two_free_ports() -> int:
    """A free port whose successor is free, too: pages come from the one, the backend has the other."""
    while True:
        port = free_port()
        with suppress(OSError), socket.socket() as second:
            second.bind(("127.0.0.1", port + 1))
            return port


def _row(system: str, kind: str, round_: int, took: float | None) -> Row:
    metric = "start_ms" if kind in STARTS else METRIC
    error = None if took is not None else f"not seen within {_SEEN_S} s"
    return Row("devloop", system, 1, round_, metric, took, "ms", error, kind)


def report(rows: list[Row]) -> Iterable[str]:
    """Each kind of change with its median in both, and whether it keeps its bound."""
    yield "\nThe developer's loop: milliseconds from saving to seen (median, lowest and highest)"
    for kind in (*KINDS, *STARTS):
        own, others = (_values(rows, name, kind) for name in (SITE, BLANK))
        if own:
            yield _line(kind, own, others)
        for row in rows:
            if row.kind == kind and row.error:
                yield f"  FAIL  {kind:12} {row.system}, round {row.round}: {row.error}"


def _line(kind: str, own: list[float], others: list[float]) -> str:
    median = percentile(own, 50)
    other = percentile(others, 50) if others else None
    bound = BOUND.get(kind, RATIO * (other or 0))
    beside = f"blank {other:8.0f} ms, x{median / other:.2f}" if other else "no such thing in a blank app"
    verdict = "pass" if median <= bound else "FAIL"
    return f"  {verdict}  {kind:12} {median:8.0f} ms ({min(own):.0f}-{max(own):.0f}) of {bound:.0f}; {beside}"


def _values(rows: Iterable[Row], system: str, kind: str) -> list[float]:
    return [row.value for row in rows if (row.system, row.kind) == (system, kind) and row.value is not None]
