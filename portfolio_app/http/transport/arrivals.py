"""The arrival of a tab: its document, and the handshake of its websocket, from before its page was live."""

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

MOST: Final = 1_000
"""Answers kept of each kind; an evicted one is missing from its visitor's arrival, nothing else."""
MOST_DOCUMENTS: Final = 4
"""Documents of one session in its live log, the newest."""
NEWS_NS: Final = 60 * 10**9
"""Time in which an answer still becomes a row of the live log: a page's scripts may take long to come."""
SWITCHING: Final = 101
ARRIVED_AT: Final = "portfolio.arrived"
"""The key in a websocket's scope for the time of its handshake, in nanoseconds since the epoch."""

_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to a session, from the request's arrival to the answer's last byte handed to the server.

    `path` is as it may be shown. `size` is of the body, as it was sent; nothing for a handshake, and for a page that
    the browser had already.
    """

    session_id: str
    request_id: str
    start_ns: int
    end_ns: int
    status: int
    path: str
    size: int = 0

    @property
    def is_handshake(self) -> bool:
        """Whether a websocket was opened with it."""
        return self.status == SWITCHING


class Arrivals:
    """The arrivals in the memory of this process: documents by request id, handshakes by the token of their tab.

    A document alone makes nothing in the live feed: clients that keep no cookie could fill it. Its session's
    websocket does, once: see `take`.
    """

    def __init__(self) -> None:
        self._documents: OrderedDict[str, Answered] = OrderedDict()
        self._handshakes: OrderedDict[str, Answered] = OrderedDict()
        self._new_documents: OrderedDict[str, list[Answered]] = OrderedDict()
        self._new_handshakes: OrderedDict[str, list[Answered]] = OrderedDict()
        """Handshakes until `take`, by session and the token of a tab."""

    def add_document(self, answered: Answered) -> None:
        """Keep it for the page to ask for."""
        _keep(self._documents, answered.request_id, answered)
        earlier = self._new_documents.get(answered.session_id, [])[1 - MOST_DOCUMENTS :]
        _keep(self._new_documents, answered.session_id, [*earlier, answered])

    def add_handshake(self, token: str, answered: Answered) -> None:
        """Keep the last one of the tab with this token."""
        _keep(self._handshakes, token, answered)
        _keep(self._new_handshakes, token, [answered])

    def document(self, session_id: str, request_id: str) -> Answered | None:
        """The document that was answered under this id, None for anybody else's."""
        return _own(self._documents.get(request_id), session_id)

    def handshake(self, session_id: str, token: str) -> Answered | None:
        """How the tab's websocket was opened."""
        return _own(self._handshakes.get(token), session_id)

    def has_arrived(self, token: str) -> bool:
        """Whether this tab has connected in the last minute, and `take` was not called since."""
        return bool(_recent(self._new_handshakes.get(token, ())))

    def take(self, session_id: str, token: str) -> list[Answered]:
        """The last minute's documents of the session, and the handshake of this tab: each of them only once."""
        documents, handshakes = self._new_documents.pop(session_id, []), self._new_handshakes.pop(token, [])
        return _recent([*documents, *handshakes])


def _recent(answers: Iterable[Answered]) -> list[Answered]:
    oldest = time.time_ns() - NEWS_NS
    return [answered for answered in answers if answered.end_ns > oldest]


def _own(found: Answered | None, session_id: str) -> Answered | None:
    return found if found is not None and found.session_id == session_id else None


def _keep(kept: OrderedDict[str, _Kept], key: str, new: _Kept) -> None:
    kept[key] = new
    kept.move_to_end(key)
    if len(kept) > MOST:
        kept.popitem(last=False)
