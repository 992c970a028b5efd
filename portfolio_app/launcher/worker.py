"""A server process whose launcher may be killed."""

import gc
import logging
import os
import signal
import sys
import threading
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from typing import Final

import uvicorn

from portfolio_app.infra.allocator import return_freed_memory
from portfolio_app.infra.logs.lines import catch_all

_log = logging.getLogger(__name__)

FULL_COLLECTIONS: Final = 100
"""Collections of what has become old until one of everything, ten by default: that one holds up all visitors, for a
third of a second beside a few hundred connections that come and go. Little is left for it: connections that end
leave no reference cycles."""
SWITCH_S: Final = 0.001
"""Seconds after which a thread lets others run, 5 ms by default: the event loop asks for its turn after each wait, a
dozen times for a post, and a database thread may be at work each time."""
STOP_S: Final = 5
"""Seconds after which the process ends whatever still runs."""


class Configuration(uvicorn.Config):
    """The configuration, which uvicorn loads in each worker: from then on the worker ends when its launcher does.

    What the application consists of is no longer looked at by the garbage collector, and what it frees goes back.
    """

    def configure_logging(self) -> None:
        """The log says what Python would print, too."""
        super().configure_logging()
        catch_all()

    def load(self) -> None:
        return_freed_memory()
        sys.setswitchinterval(SWITCH_S)
        launcher = parent_process()
        if launcher is not None:
            # A terminal that is closed tells every process; it is the launcher's word that ends a worker.
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            threading.Thread(target=_follow, args=(launcher,), name="launcher", daemon=True).start()
        gc.disable()
        super().load()
        # Imported objects stay: a full collection would look through all of them again, for as long as a message takes.
        gc.collect()
        gc.freeze()
        young, old, _ = gc.get_threshold()
        gc.set_threshold(young, old, FULL_COLLECTIONS)
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
