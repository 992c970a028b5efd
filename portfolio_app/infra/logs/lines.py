"""The lines of the log: so many for each reason and network, each of them JSON whatever fails."""

import json
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO, Any, Final

from portfolio_app.app.caller import NETWORK
from portfolio_app.app.token_bucket import TokenBucket

BURST: Final = 60
"""Lines of one reason and one network at once: an office that opens its tabs."""
PER_S: Final = 5.0
ALL_BURST: Final = 600
"""Lines of one reason, of all networks together."""
ALL_PER_S: Final = 100.0
"""Lines of one reason in a second: at 250 bytes a line 2 GB a day for each place abused by twenty networks."""
KEPT: Final = 4096
SAID_AFTER_S: Final = 10.0
"""Seconds after which the number of a reason's left-out lines is logged at the latest."""

Reason = tuple[str, int]
"""The place in the code that says it: what is said may hold what a visitor sent."""

left_out: Final = Counter[str]()
"""Lines that were not written, by the name of their logger."""


class Lines(logging.StreamHandler[IO[str]]):
    """A stream of lines with a budget. Whatever can't be written as it should is said in another line."""

    def __init__(self, stream: IO[str], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._clock = clock
        self._of_network: dict[tuple[Reason, str], TokenBucket] = {}
        self._of_all: dict[Reason, TokenBucket] = {}
        self._omitted: dict[Reason, tuple[int, logging.LogRecord]] = {}
        self._timer: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write it if there is budget for it."""
        if self._admits(record):
            self._write(record)

    def say_what_was_left_out(self) -> None:
        """One line for each reason, with the number of lines and the words they have in common."""
        self.acquire()
        try:
            self._timer = None
            omitted, self._omitted = self._omitted, {}
            for count, record in omitted.values():
                self._write(_summary(count, record))
        finally:
            self.release()

    def close(self) -> None:
        """Say what is left to say."""
        if self._timer is not None:
            self._timer.cancel()
            self.say_what_was_left_out()
        super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the name of the base class)
        """Say by type and place that a record could not be written; a stream that takes nothing is left alone."""
        error = sys.exception()
        line = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": "error",
            "logger": record.name,
            "message": "a line could not be written",
            "error": [f"{type(error).__name__} at {record.filename}:{record.lineno}"],
        }
        try:
            self.stream.write(json.dumps(line) + self.terminator)
            self.flush()
        except Exception:  # noqa: S110 (there is nowhere left to say it)
            pass

    def _write(self, record: logging.LogRecord) -> None:
        try:
            self.stream.write(self.format(record) + self.terminator)
            self.flush()
        except Exception:  # a recursion that went too deep, too: the base class would let that through
            self.handleError(record)

    def _admits(self, record: logging.LogRecord) -> bool:
        reason = (record.pathname, record.lineno)
        of_all = _bucket(self._of_all, reason, ALL_PER_S, ALL_BURST, self._clock)
        of_network = _bucket(self._of_network, (reason, NETWORK.get()), PER_S, BURST, self._clock)
        if of_network.take() and of_all.take():
            return True
        count, first = self._omitted.get(reason, (0, record))
        self._omitted[reason] = (count + 1, first)
        left_out[record.name] += 1
        if self._timer is None:
            self._timer = threading.Timer(SAID_AFTER_S, self.say_what_was_left_out)
            self._timer.daemon = True
            self._timer.start()
        return False


def _bucket(
    kept: dict[Any, TokenBucket], key: object, rate: float, burst: float, clock: Callable[[], float]
) -> TokenBucket:
    if key not in kept:
        if len(kept) >= KEPT:
            for known in [known for known, bucket in kept.items() if bucket.is_full()]:
                del kept[known]
        while len(kept) >= KEPT:
            del kept[next(iter(kept))]
        kept[key] = TokenBucket(rate, burst, clock)
    return kept[key]


def _summary(count: int, record: logging.LogRecord) -> logging.LogRecord:
    words = str(record.msg) if record.args else f"{record.filename}:{record.lineno}"
    return logging.LogRecord(
        record.name,
        max(record.levelno, logging.WARNING),
        record.pathname,
        record.lineno,
        "%d more lines like this were left out: %s",
        (count, words),
        None,
    )


def catch_all() -> None:
    """Let the log say what Python would print by itself: warnings, and errors that nobody caught."""
    logging.captureWarnings(True)
    log = logging.getLogger("python")

    def uncaught(kind: type[BaseException], error: BaseException, _traceback: object) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.critical("an error that nobody caught", exc_info=error)

    def uncaught_on_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            log.error("an error that nobody caught, on a thread", exc_info=args.exc_value)

    def unraisable(args: "sys.UnraisableHookArgs") -> None:
        log.error("an error where none can be raised", exc_info=args.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaught, uncaught_on_thread, unraisable
