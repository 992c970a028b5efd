"""Every line that a server wrote during a soak: what belongs there, and what does not."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

_MEASURED, _ANSWERED = "portfolio_app.http.transport.middleware.measured", r" in [\d.]+ ms"
_PLAIN: Final = (
    r"Ready on http://localhost:\d+",
    r"warning: RATE_LIMITS=off, so nothing bounds what one visitor may do",
)
"""The launcher's own words."""
_LINES: Final = (
    ("portfolio_app.bootstrap", r"purged \d+ expired sessions"),
    ("portfolio_app.app.burst.compose", r"purged \d+ runs and \d+ rows of bursts"),
    (_MEASURED, r"POST /api/burst/runs 201" + _ANSWERED),
    (_MEASURED, r"GET /api/stream 200" + _ANSWERED),
    (_MEASURED, r"POST /api/burst/runs/\{run\}/answers 204" + _ANSWERED),
    (_MEASURED, r"POST /api/burst/runs/\{run\}/finish 200" + _ANSWERED),
)
"""Logger and message of each line that a run, and nothing else, leaves."""


def unexpected(lines: Iterable[str]) -> Counter[str]:
    """The lines that do not belong there, numbers left out, and how often each came."""
    odd = (line for line in lines if line.strip() and not _belongs(line))
    return Counter(re.sub(r"\d+", "N", _words(line)) for line in odd)


def _belongs(line: str) -> bool:
    found = _parsed(line)
    if found is None:
        return any(re.fullmatch(known, line.strip()) for known in _PLAIN)
    return found.get("level") == "info" and any(
        found.get("logger") == logger and re.fullmatch(known, str(found.get("message")))
        for logger, known in _LINES
    )


def _words(line: str) -> str:
    found = _parsed(line)
    return (
        line.strip()
        if found is None
        else f"{found.get('level')} {found.get('logger')}: {found.get('message')}"
    )


def _parsed(line: str) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
