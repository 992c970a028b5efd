"""The labels of spans: every view of the trace stream reads these attributes and no others."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Final

SESSION: Final = "portfolio.session"
LIVE: Final = "portfolio.live"
KEPT: Final = "portfolio.kept"
"""A trace that can be opened, whose steps are rows of neither log nor network table."""
ARRIVED: Final = "arrived"
"""Key of the trace state: when the frame of an event arrived, in nanoseconds since the epoch."""
TARGET: Final = "portfolio.target"
LAYER: Final = "portfolio.layer"
PILL_PREFIX: Final = "pill."
FILE: Final = "code.file.path"
LINE: Final = "code.line.number"

# On the outermost span of an HTTP request or of an event, which is a row of the network table.
KIND: Final = "portfolio.network"
METHOD: Final = "portfolio.method"
PATH: Final = "portfolio.path"
STATUS: Final = "portfolio.status"
BYTES: Final = "portfolio.bytes"

_REPOSITORY: Final = Path(__file__).parents[3]


class Layer(StrEnum):
    """The layer whose code a span timed."""

    DOMAIN = "domain"
    APP = "app"
    INFRA = "infra"
    HTTP = "http"


class Target(StrEnum):
    """The targets that a visitor may see in the live log, beside `demo.<name>` for each of the owner's demos.

    An allow-list: spans with no target, or with another one, stay out of it.
    """

    REQUEST = "demo.request"
    CHAT = "demo.chat"
    ACCOUNT = "demo.account"
    MODERATION = "demo.moderation"
    DB = "demo.db"
    PUSH = "demo.push"
    SSE = "demo.sse"
    BURST = "demo.burst"


# The names of the facts a row may carry; values are counts, names and statuses, never text a visitor typed.
PILLS: Final = frozenset(
    {
        "status", "handler", "rows", "batch", "tabs", "bytes", "revision", "verdict", "repeated", "error", "method",
        "path", "reason", "resumed",
    }
)  # fmt: skip


def labels(target: str | None, layer: Layer, **pills: str | int) -> dict[str, str | int]:
    """Span attributes for one step; one without a target is a step of the trace, but no row of the log."""
    found: dict[str, str | int] = {LAYER: layer}
    if target is not None:
        found[TARGET] = target
    return found | {PILL_PREFIX + name: value for name, value in pills.items()}


def source(code: CodeType, line: int | None = None) -> dict[str, str | int]:
    """Span attributes that name the code that ran, its first line unless `line` says which one."""
    return {FILE: _in_repository(code.co_filename), LINE: line or code.co_firstlineno}


@lru_cache(maxsize=256)
def _in_repository(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_REPOSITORY)) if path.is_relative_to(_REPOSITORY) else path.name
