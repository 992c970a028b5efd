"""Where an outcome that is no refusal is decided: it raises nothing, so its line is looked up by its words."""

from collections.abc import Mapping
from typing import Final

from portfolio_app.http.attacks.definitions import Outcome
from portfolio_app.http.content.places import Place, line_with

_DECIDED: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.STORED: ("infra/db/batch_sql.py", "self.connection.execute(_ADD_MESSAGES"),
    Outcome.REPEATED: ("infra/db/batch.py", "repeated=entry not in written"),
    Outcome.HELD: ("domain/chat/moderation.py", "return Verdict(tuple("),
    Outcome.SWAPPED: ("app/account/redeem.py", "repositories.sessions.revoke(caller.session_id"),
}


def place_of(outcome: Outcome) -> Place:
    """The one line that makes this outcome; `LookupError` if the source has no such line, or several."""
    return line_with(*_DECIDED[outcome])
