"""Where an outcome that is no refusal is decided: it raises nothing, so its code is named by its symbol."""

from collections.abc import Mapping
from typing import Final

from portfolio_app.http.attacks.definitions import Outcome
from portfolio_app.http.content.source import Passage, Symbol, find

_DECIDED: Final[Mapping[Outcome, Symbol]] = {
    Outcome.STORED: Symbol("portfolio_app/infra/db/batch_sql.py", "BatchSql.add_messages"),
    Outcome.REPEATED: Symbol("portfolio_app/infra/db/batch.py", "Batch.outcomes"),
    Outcome.HELD: Symbol("portfolio_app/domain/chat/moderation.py", "ModerationPolicy.judge"),
    Outcome.SWAPPED: Symbol("portfolio_app/app/account/redeem.py", "RedeemTicket.__call__"),
}


def place_of(outcome: Outcome) -> Passage:
    """The code that makes this outcome. Raises SymbolLost."""
    return find(_DECIDED[outcome])
