"""The jobs of the forks of `make dev`. Each function is called with the link to the launcher."""

import asyncio
import gc
import logging
import os
import signal
import socket
import threading
import traceback
from pathlib import Path
from typing import Any

from uvicorn.importer import import_from_string

from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.frontend import COMPILED
from portfolio_app.launcher.hot import problem
from portfolio_app.launcher.hot.process import Link
from portfolio_app.launcher.serving import TARGET


def migrate(_link: Link) -> None:
    """Bring the database to the current schema."""
    from portfolio_app.launcher import serving
    from portfolio_app.settings import Settings

    serving.migrate(Settings.from_env())


def prepare(_link: Link) -> None:
    """Set up `.web`."""
    from portfolio_app.http.build import compiling

    compiling.prepare()


def compile_open(_link: Link, paths: list[str]) -> None:
    """Compile the pages at these addresses, and those that are new: somebody is about to open them."""
    from portfolio_app.http.build.compiling import compile_pages, missing

    gc.disable()  # it ends soon
    if routes := {route for path in paths if (route := _site().router(path))} | missing(_site()):
        compile_pages(_site(), routes)


def compile_all(_link: Link, digest: str, niceness: int) -> None:
    """Compile every page and remove what is no page any more."""
    from portfolio_app.http.build import compiling

    os.nice(niceness)
    compiled = Path(COMPILED)
    compiled.unlink(missing_ok=True)
    compiling.compile_all(_site())
    compiled.write_text(digest, encoding="ascii")


def serve(link: Link, listener: int) -> None:
    """Answer requests on the inherited socket until SIGINT, or until the launcher is gone."""
    import uvicorn

    from portfolio_app.http.transport import errors
    from portfolio_app.launcher import protocols, websockets
    from portfolio_app.launcher.serving import MAX_FRAME_BYTES
    from portfolio_app.settings import Settings

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                link.tell({"serving": True})

        async def main_loop(self) -> None:
            # Which looks ten times a second whether it should end; the next server waits for the pages of this one.
            looking = asyncio.ensure_future(super().main_loop())
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, looking.cancel)
            await asyncio.wait([looking])

    def show(error: Exception) -> None:
        traceback.print_exception(error)
        link.tell({"problem": problem.described(error)})

    errors.watch(show)
    logging.basicConfig(level=Settings.from_env().log_level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)  # each start and end of a server
    threading.Thread(target=_until_hung_up, args=(link,), daemon=True).start()
    os.environ["__REFLEX_SKIP_COMPILE"] = "true"
    server = Server(
        uvicorn.Config(
            TARGET,
            factory=True,
            loop="uvloop",
            http=protocols.Http,
            ws=websockets.Websocket,
            ws_max_size=MAX_FRAME_BYTES,
            ws_per_message_deflate=False,
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
    )
    # uvicorn raises the signal again once it has stopped.
    signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    server.run([socket.socket(fileno=listener)])
    if not server.started:
        raise LaunchError("the site failed to start, for the reason above")


def _until_hung_up(link: Link) -> None:
    for _ in link.commands():
        pass
    os.kill(os.getpid(), signal.SIGINT)


def _site() -> Any:  # noqa: ANN401 (the framework's, which is not for this layer)
    return import_from_string(TARGET)
