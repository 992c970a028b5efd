"""Serves the built frontend and the backend on one port with uvicorn."""

import contextlib
import os
import signal
import socket
import stat
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import SIGNALS

from portfolio_app.infra.descriptors import raise_limit
from portfolio_app.infra.logs.configuration import configuration
from portfolio_app.launcher import address, protocols, websockets
from portfolio_app.launcher.errors import LaunchError, root_cause
from portfolio_app.launcher.frontend import Frontend
from portfolio_app.launcher.toolchain import ROOT, reflex_environment
from portfolio_app.launcher.worker import STOP_S, Configuration, end_soon
from portfolio_app.settings import Settings

TARGET: Final = "portfolio_app.portfolio_app:app"
MAX_FRAME_BYTES: Final = 64 * 1024
DRAIN_S: Final = 3
"""How long open connections may take to finish after a stop signal."""
SILENT_S: Final = 20
"""A worker that does not say for so long that it lives is replaced. It says nothing before it has imported uvicorn: on
a busy machine that takes longer than uvicorn's own 5 s, and the next one would get no further."""
_STOPS: Final = (signal.SIGINT, signal.SIGTERM)


def serve(settings: Settings) -> None:
    """Build, migrate and serve until SIGINT or SIGTERM. Raises LaunchError when it can't start."""
    address.claim(settings.host, settings.port).close()
    for port in settings.metrics_ports:
        address.claim(settings.metrics_host, port, "METRICS_PORT", "METRICS_HOST").close()
    raise_limit()
    prepare(settings)
    built = Frontend(ROOT).ensure_built(settings.data_dir / "logs")
    os.chdir(ROOT)
    _replace_environment(settings, built)
    with contextlib.closing(address.claim(settings.host, settings.port, listens=False)) as listener:
        migrate(settings)
        threading.Thread(target=_announce, args=(settings,), daemon=True).start()
        _run(_configuration(settings), listener)


def prepare(settings: Settings) -> None:
    """Make the data directory and what is kept in it. Raises LaunchError or SettingsError."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LaunchError(f"DATA_DIR: {settings.data_dir} can't be made: {error.strerror}") from None
    keep_private(settings.data_dir)
    if settings.redis_url:
        _check_redis_url(settings.redis_url)
    _ = settings.session_secrets
    if not settings.rate_limits:
        print("warning: RATE_LIMITS=off, so nothing bounds what one visitor may do", flush=True)


def _check_redis_url(redis_url: str) -> None:
    # Imported here: a start without Redis does not wait for its client library.
    from portfolio_app.infra.examine import check_redis_url

    try:
        check_redis_url(redis_url)
    except ValueError as error:
        raise LaunchError(f"REDIS_URL: {error}") from None


def keep_private(folder: Path) -> None:
    """Take a folder of ours from everybody else; one that is shared on purpose, such as /tmp, stays as it is.

    So does one that holds this checkout or several homes: nobody could enter what else is there.
    """
    known = folder.stat()
    if any(each.is_relative_to(folder.resolve()) for each in (ROOT, _homes())):
        print(
            f"warning: DATA_DIR: {folder} holds more than the site's data, so others may still enter it",
            flush=True,
        )
    elif known.st_uid == os.geteuid() and not known.st_mode & stat.S_ISVTX:
        folder.chmod(known.st_mode & 0o700)


def _homes() -> Path:
    """The folder of all home directories, such as /home; one's own may well be the folder of the data."""
    try:
        return Path.home().resolve().parent
    except RuntimeError:  # a user without a name, as in a container
        return ROOT


def _replace_environment(settings: Settings, built: Path) -> None:
    served = {
        "DATA_DIR": str(settings.data_dir),
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_WEB_WORKDIR": str(built),
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        "__REFLEX_SKIP_COMPILE": "true",
    }
    environment = reflex_environment() | served
    os.environ.clear()
    os.environ.update(environment)


def migrate(settings: Settings) -> None:
    """Bring the database to the current schema. Raises LaunchError when that is impossible."""
    from portfolio_app import maintenance

    try:
        newer = maintenance.migrate(settings)
    except Exception as error:
        variable = "DATABASE_URL" if settings.given_database_url else "DATA_DIR"
        raise LaunchError(
            f"{variable}: the database can't be brought to the current schema: {root_cause(error)}"
        ) from error
    if newer is not None:
        print(f"warning: the schema {newer} is a newer version's; this one runs on it as it is", flush=True)


def _configuration(settings: Settings) -> Configuration:
    return Configuration(
        TARGET,
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http=protocols.Http,
        ws=websockets.Websocket,
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=configuration(settings.log_level),
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=DRAIN_S,
        timeout_worker_healthcheck=SILENT_S,
    )


def _run(configuration: uvicorn.Config, listener: socket.socket) -> None:
    if configuration.workers > 1:
        _Supervisor(configuration, [listener]).run()
        return
    where = configuration.host, configuration.port
    server = _Server(configuration)
    # uvicorn raises the signal again once it has stopped; by then there is nothing left to interrupt.
    for stop in _STOPS:
        signal.signal(stop, lambda _signal, _frame: None)
    try:
        server.run([listener])
    except OSError as error:  # another start was faster
        raise address.taken(*where, error) from None
    except SystemExit as ended:
        if ended.code == STARTUP_FAILURE:
            raise LaunchError("the site failed to start, for the reason above") from None
        raise


class _Supervisor(Multiprocess):
    """Respawns workers that die; gives up when one can't even start, or another start was faster at the address."""

    taken: OSError | None = None

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        """With signals other than the two that stop as they are for one worker: none restarts, adds or removes any."""
        others = {number: signal.getsignal(number) for number in SIGNALS if number not in _STOPS}
        super().__init__(config, sockets)
        for number, handler in others.items():
            signal.signal(number, handler)

    def run(self) -> None:
        super().run()
        if self.taken is not None:
            raise address.taken(self.config.host, self.config.port, self.taken)
        if any(worker.exitcode == STARTUP_FAILURE for worker in self.processes):
            raise LaunchError("a worker failed to start")

    def keep_subprocess_alive(self) -> None:
        if any(not worker.process.is_alive() for worker in self.processes) and not self.should_exit.is_set():
            try:
                self.sockets[0].listen(address.BACKLOG)
            except OSError as error:
                self.taken = error
                self.should_exit.set()
        super().keep_subprocess_alive()

    def terminate_all(self) -> None:
        super().terminate_all()
        # Else the address would take connections for as long as the last worker drains, and nobody would answer them.
        for listener in self.sockets:
            listener.close()

    def join_all(self) -> None:
        overdue = time.monotonic() + STOP_S
        for worker in self.processes:
            worker.process.join(max(0.0, overdue - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()


class _Server(uvicorn.Server):
    """Ends the process when a stop takes too long."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.should_exit:
            end_soon()
        super().handle_exit(sig, frame)


def _announce(settings: Settings) -> None:
    while not address.answers(settings.host, settings.port):
        time.sleep(0.05)
    print(f"Ready on {settings.local_url}", flush=True)
    if settings.self_check:
        from portfolio_app.launcher.self_check import self_check

        self_check(settings)
