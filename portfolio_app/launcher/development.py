"""`make dev`: pages by Vite on PORT, the backend on PORT + 1, and both follow every change."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from watchfiles import awatch

from portfolio_app.launcher import address
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.frontend import COMPILED, alone_in_web
from portfolio_app.launcher.hot import files, modules
from portfolio_app.launcher.hot.frontend import COMMAND, Frontend
from portfolio_app.launcher.hot.problem import worded
from portfolio_app.launcher.hot.process import FIRST
from portfolio_app.launcher.hot.processes import Ended, Failed, Hub, Process
from portfolio_app.launcher.hot.reloading import JOBS, Site
from portfolio_app.launcher.serving import prepare
from portfolio_app.launcher.sources import source_digest
from portfolio_app.launcher.toolchain import ROOT, reflex_environment
from portfolio_app.settings import Settings
from portfolio_app.words import language_files

_COMPILED: Final = ROOT / COMPILED
LANGUAGE_CHANGED: Final = (
    "The language is read once, at the start: end make dev and begin it anew to see the change"
)
_AFTER_CHANGE_MS: Final = 20
"""Long enough for the files of one save; editors write them at once."""


def run(settings: Settings) -> None:
    """Serve until interrupted; cookies ignore ports, so pages and backend see the same session.

    Cards, icons and the public address in pages are a build's: nobody else fetches from a developer's machine.
    """
    if not os.access(ROOT, os.W_OK):
        raise LaunchError(f"{ROOT} is read-only: pages under development are compiled in its .web")
    address.claim(settings.host, settings.port).close()
    prepare(settings)
    with (
        alone_in_web(ROOT),
        closing(address.claim(settings.host, settings.port + 1)) as listener,
        TemporaryDirectory() as place,
    ):
        try:
            with suppress(asyncio.CancelledError):
                asyncio.run(_run(settings, listener, Path(place) / "link"))
        except Failed as failed:
            raise LaunchError(worded(failed.problem).removeprefix("error: ")) from None


async def _run(settings: Settings, listener: socket.socket, link: Path) -> None:
    if (running := asyncio.current_task()) is not None:
        # As asyncio has Ctrl-C end it: one task after the other, so that each ends what it has started.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    environment = _environment(settings)
    async with Hub(link) as hub:
        first = await _first(hub, environment, listener)
        frontend = Frontend(hub, files.WEB)
        site = Site(ROOT, first, listener.fileno(), frontend, link.with_name("bytecode"))
        try:
            digest = source_digest(ROOT)
            pages = partial(frontend.start, settings.host, settings.port, environment)
            if _is_compiled(digest, settings.port + 1):
                await asyncio.gather(pages(), _serve(first, site))
            else:
                print("Compiling every page", flush=True)
                await _serve(first, site, digest)
                await pages()
            print(f"Ready on {settings.local_url}", flush=True)
            async with asyncio.TaskGroup() as following:
                following.create_task(_follow(site))
                following.create_task(_follow_configuration(site))
                following.create_task(_show_style_guide(site, frontend))
                if source_digest(ROOT) != digest:  # saved during the start
                    await site.change(frozenset(modules.modules(ROOT).values()))
        finally:
            await asyncio.gather(site.close(), frontend.close())


def _environment(settings: Settings) -> dict[str, str]:
    return reflex_environment() | {
        "REFLEX_ENV_MODE": "dev",
        "REFLEX_FRONTEND_PORT": str(settings.port),
        "REFLEX_BACKEND_PORT": str(settings.port + 1),
        "REFLEX_API_URL": f"http://localhost:{settings.port + 1}",
        "BACKEND_PORT": str(settings.port + 1),
    }


async def _first(hub: Hub, environment: dict[str, str], listener: socket.socket) -> Process:
    _, joined = hub.expect(FIRST)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "portfolio_app.launcher.hot.process", str(hub.address)),
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        pass_fds=(listener.fileno(),),
        start_new_session=True,
    )
    gone = asyncio.Event()
    ending = asyncio.create_task(_note_end(process, gone))
    try:
        return await hub.arrival(joined, gone)
    except Ended:
        raise LaunchError("Python could not be started a second time") from None
    finally:
        ending.cancel()


async def _note_end(process: asyncio.subprocess.Process, gone: asyncio.Event) -> None:
    await process.wait()
    gone.set()


async def _in_fork(first: Process, job: str) -> object:
    process = await first.fork()
    try:
        return await process.call(f"{JOBS}:{job}")
    finally:
        process.stop()


async def _serve(first: Process, site: Site, digest: str | None = None) -> None:
    """Import, migrate and serve; with a digest, compile every page as well."""
    await first.load(*modules.libraries(modules.modules(ROOT)), missing=True)
    if digest is not None:
        await _in_fork(first, "prepare")
    await site.start(_in_fork(first, "migrate"), digest)


def _is_compiled(digest: str, backend_port: int) -> bool:
    """Whether `.web` has all packages, and pages that were compiled from just these sources for this port."""
    with suppress(OSError):
        addresses = (files.WEB / "env.json").read_text(encoding="utf-8")
        compiled = _COMPILED.read_text(encoding="ascii") == digest
        return compiled and f":{backend_port}/" in addresses and (files.WEB / COMMAND).exists()
    return False


async def _show_style_guide(site: Site, frontend: Frontend) -> None:
    await frontend.style_guide_asked.wait()
    await site.show_style_guide()


async def _follow(site: Site) -> None:
    begun_with = language_files()
    async for changes in awatch(*files.watched(), step=_AFTER_CHANGE_MS, debounce=10 * _AFTER_CHANGE_MS):
        changed = {path for _, name in changes if files.is_source(path := Path(name))}
        if needed := files.hand_over(changed):
            await site.change(needed)
        if any(path.suffix == ".toml" for path in changed) and (now := language_files()) not in (
            begun_with,
            None,
        ):
            print(LANGUAGE_CHANGED, flush=True)
            begun_with = now


async def _follow_configuration(site: Site) -> None:
    async for changes in awatch(ROOT, recursive=False):
        changed = {path for _, name in changes if files.is_source(path := Path(name))}
        if changed:
            await site.change(frozenset(changed))
