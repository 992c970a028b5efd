"""What a browser asked for before its page was live: the document and the handshake of its websocket."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeVar

MOST: Final = 1_000
"""Of each kind; one that is evicted is missing from its visitor's first waterfall, nothing else."""
ARRIVED_AT: Final = "portfolio.arrived"
"""In the scope of a websocket: when its handshake came, in nanoseconds since the epoch."""

_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to a session, from the request's arrival to the answer's last byte handed to the server.

    `size` is of the body, as it was sent; nothing for a handshake, and for a page that the browser had already.
    """

    session_id: str
    request_id: str
    start_ns: int
    end_ns: int
    status: int
    size: int = 0


class Arrivals:
    """In the memory of this process. Documents are found by request id, handshakes by the token of their tab.

    A document alone makes nothing in the live feed: clients that keep no cookie could fill it. Its session's
    websocket does.
    """

    def __init__(self) -> None:
        self._documents: OrderedDict[str, Answered] = OrderedDict()
        self._handshakes: OrderedDict[str, Answered] = OrderedDict()

    def add_document(self, answered: Answered) -> None:
        """Keep it for the page to ask for."""
        _keep(self._documents, answered.request_id, answered)

    def add_handshake(self, token: str, answered: Answered) -> None:
        """Keep the last one of the tab with this token."""
        _keep(self._handshakes, token, answered)

    def document(self, session_id: str, request_id: str) -> Answered | None:
        """The document that was answered under this id, None for anybody else's."""
        return _own(self._documents.get(request_id), session_id)

    def handshake(self, session_id: str, token: str) -> Answered | None:
        """How the tab's websocket was opened."""
        return _own(self._handshakes.get(token), session_id)


def _own(found: Answered | None, session_id: str) -> Answered | None:
    return found if found is not None and found.session_id == session_id else None


def _keep(kept: OrderedDict[str, _Kept], key: str, new: _Kept) -> None:
    kept[key] = new
    kept.move_to_end(key)
    if len(kept) > MOST:
        kept.popitem(last=False)
