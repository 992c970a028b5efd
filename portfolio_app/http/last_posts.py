"""What each visitor posted last, as the very objects it was on its way through the layers."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.domain.chat.message import Message
from portfolio_app.http.dto.chat import PostDTO

SESSIONS_KEPT: Final = 250
"""With the largest body that a frame may carry they take 16 MB."""


# Without a repr: what a visitor typed must not end up in a log by accident.
@dataclass(frozen=True, slots=True, repr=False)
class Posted:
    """One accepted post: what came in, what was asked for, what became of it, and in which request."""

    dto: PostDTO
    command: PostCommand
    message: Message
    request_id: str


class LastPosts:
    """In the memory of this process only; whoever posted longest ago is forgotten first."""

    def __init__(self) -> None:
        self._by_session: OrderedDict[str, Posted] = OrderedDict()

    def keep(self, session_id: str, posted: Posted) -> None:
        """Remember `posted` in place of what this session posted before."""
        self._by_session[session_id] = posted
        self._by_session.move_to_end(session_id)
        if len(self._by_session) > SESSIONS_KEPT:
            self._by_session.popitem(last=False)

    def of(self, session_id: str, message_id: str) -> Posted | None:
        """The post that became this message, if it was the session's last one here; None otherwise."""
        posted = self._by_session.get(session_id)
        return posted if posted is not None and posted.message.id == message_id else None
