"""Every piece of this project's code that a page quotes.

Listed here because a quoted file is a source of the frontend, whichever layer it is in: the launcher builds
anew when one changes (`launcher/sources.py`).
"""

from dataclasses import dataclass
from enum import Enum, unique
from typing import Final


@dataclass(frozen=True, slots=True)
class Quote:
    """A class, function or constant by its name in `path`; `Class.method` for a method.

    `signature` leaves out the body of a function.
    """

    path: str
    symbol: str
    signature: bool = False


@unique
class Quoted(Enum):
    """What may be quoted."""

    ROOM_REPOSITORY = Quote("portfolio_app/app/ports/rooms.py", "RoomRepository")
    MESSAGE_STATUS = Quote("portfolio_app/domain/chat/message.py", "MessageStatus")
    ERROR_MAP = Quote("portfolio_app/http/transport/errors.py", "ERROR_MAP")
    TARGET = Quote("portfolio_app/app/ports/trace.py", "Target")
    LOG_ROW = Quote("portfolio_app/http/log/views.py", "LogRowView")
    WIRING = Quote("portfolio_app/bootstrap.py", "_services", signature=True)

    POST_MESSAGE = Quote("portfolio_app/app/chat/post_message.py", "PostMessage.__call__")
    JOURNAL = Quote("portfolio_app/app/ports/journal.py", "MessageJournal.append")
    SEALER = Quote("portfolio_app/infra/sealer.py", "FernetSealer")
    SIGN_IN = Quote("portfolio_app/app/account/sign_in.py", "SignIn.__call__")
    PILLS = Quote("portfolio_app/app/ports/trace.py", "PILLS")
    REDACTED = Quote("portfolio_app/infra/logs/redaction.py", "redacted")


QUOTED_FILES: Final = frozenset(quoted.value.path for quoted in Quoted)
