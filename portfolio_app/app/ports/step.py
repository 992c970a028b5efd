"""A step: one finished span, as workers pass it to each other."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.app.ports.live_feed import Pills

_FIRST_ERROR: Final = 400


@dataclass(frozen=True, slots=True)
class Request:
    """The outermost step as the network table shows it."""

    kind: str
    method: str
    path: str
    status: int
    bytes: int


@dataclass(slots=True)
class Step:
    """A span without anything that is not on the list; `target` is empty for one that is no log row.

    Not frozen, only because that would make it three times as slow to create, and every span is one.
    """

    trace_id: int
    span_id: int
    parent_id: int
    name: str
    layer: str
    target: str
    start_ns: int
    end_ns: int
    pills: Pills
    file: str
    line: int
    request: Request | None

    @property
    def failed(self) -> bool:
        """Whether the step ended in an error or refused what was asked."""
        found = dict(self.pills)
        status = str(found.get("status", ""))  # another release may say something else than a number
        return "error" in found or (status.isdecimal() and int(status) >= _FIRST_ERROR)
