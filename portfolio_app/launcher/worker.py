"""A server process whose launcher may be killed."""

import gc
import logging
import os
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from typing import Final

import uvicorn

from portfolio_app.infra.allocator import return_freed_memory
from portfolio_app.infra.logs.lines import catch_all

_log = logging.getLogger(__name__)

STOP_S: Final = 5
"""After this the process ends whatever still runs."""


class Configuration(uvicorn.Config):
    """uvicorn loads it in each worker: from then on that worker ends when its launcher does, however that ended.

    What the application consists of is no longer looked at by the garbage collector, and what it frees goes back.
    """

    def configure_logging(self) -> None:
        """The log says what Python would print, too."""
        super().configure_logging()
        catch_all()

    def load(self) -> None:
        return_freed_memory()
        launcher = parent_process()
        if launcher is not None:
            threading.Thread(target=_follow, args=(launcher,), name="launcher", daemon=True).start()
        gc.disable()
        super().load()
        # What was imported stays: a full collection would look through all of it again, for as long as a message takes.
        gc.collect()
        gc.freeze()
        gc.enable()


def end_soon() -> None:
    """End the process in `STOP_S` seconds at the latest."""
    overdue = threading.Timer(STOP_S, os._exit, (0,))
    overdue.daemon = True
    overdue.start()


def _follow(launcher: BaseProcess) -> None:
    # Waits on a pipe that the system closes with the launcher. After an orderly stop it is the launcher who waits.
    launcher.join()
    _log.warning("the launcher was killed: this worker stops, too")
    end_soon()
    os.kill(os.getpid(), signal.SIGTERM)
