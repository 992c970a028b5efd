"""The logging configuration, in the form that `logging.config` and uvicorn take."""

from typing import Any, Final

from portfolio_app.infra.logs.formatter import OWN, JsonFormatter, Reticence
from portfolio_app.infra.logs.lines import Lines

# These say at INFO what happens on every connection or statement.
_QUIET: Final = ("uvicorn", "websockets", "httpx", "sqlalchemy", "engineio", "socketio", "alembic")
# Without a level these two get a handler of their own from their library, which writes plain text.
_SERVERS: Final = ("engineio.server", "socketio.server")


def configuration(level: str) -> dict[str, Any]:
    """Every record of every package as JSON on stdout; `level` is ours, others are heard from INFO on."""
    others = level if level not in ("DEBUG", "INFO") else "INFO"
    quiet = level if level not in ("DEBUG", "INFO") else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "filters": {"reticence": {"()": Reticence}},
        "handlers": {
            "stdout": {
                "()": Lines,
                "stream": "ext://sys.stdout",
                "formatter": "json",
                "filters": ["reticence"],
            }
        },
        "root": {"level": others, "handlers": ["stdout"]},
        "loggers": {OWN: {"level": level}} | {name: {"level": quiet} for name in (*_QUIET, *_SERVERS)},
    }
