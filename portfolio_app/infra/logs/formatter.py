"""The formatter of log records as lines of JSON."""

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

from opentelemetry import trace

from portfolio_app.infra.logs.redaction import redacted

OWN: Final = "portfolio_app"
PLACES: Final = 8
_CAUSES: Final = 4


class JsonFormatter(logging.Formatter):
    """Writes a record as JSON: `ts`, `level`, `logger`, `message`, and `request_id` and `error` where there are any.

    An exception is written as type and place only: its text may hold what a visitor typed, or the
    parameters of a statement.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(_message(record)),
            "process": record.process,
        }
        request_id = getattr(record, "request_id", None) or _current_request_id()
        if request_id is not None:
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


class Reticence(logging.Filter):
    """Keeps other packages from their debug output, which holds what visitors send and get."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is ours, or at least informative."""
        return _is_own(record) or record.levelno >= logging.INFO


def _current_request_id() -> str | None:
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


def _is_own(record: logging.LogRecord) -> bool:
    return record.name == OWN or record.name.startswith(f"{OWN}.")


def _message(record: logging.LogRecord) -> str:
    """The message of a record; of another package's several lines, the one that says what went wrong."""
    text = record.getMessage()
    lines = [line for line in text.splitlines() if line.strip()]
    if _is_own(record) or len(lines) < 2:
        return text
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


def _told(error: BaseException) -> list[str]:
    """Types and places, from the exception that was caught to its first cause."""
    causes: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < _CAUSES:
        causes.append(f"{type(cause).__name__} at {_places(cause.__traceback__)}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return causes


def _places(tb: TracebackType | None) -> str:
    frames = traceback.extract_tb(tb)[-PLACES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
