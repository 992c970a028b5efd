"""A key that opens one session's feed for reading, for a terminal that has no cookie."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import StreamKeyRefused
from portfolio_app.app.identity import current_user
from portfolio_app.app.ports.sealer import Sealer, sealed_in
from portfolio_app.app.ports.unit_of_work import UnitOfWork

KEY_LIFETIME: Final = timedelta(minutes=10)
# Cookies and tickets are sealed with the same keys: the first word keeps one from passing as another.
_PURPOSE: Final = "stream"


@dataclass(frozen=True, slots=True)
class IssueStreamKey:
    """Seal a key for the caller's own session. Nothing is stored: it ends with its session."""

    unit_of_work: UnitOfWork
    sealer: Sealer

    async def __call__(self, caller: Caller) -> str:
        """The key, good for `KEY_LIFETIME`; `SessionEnded` for a revoked session."""
        await self.unit_of_work.run(lambda repositories: current_user(repositories, caller))
        return self.sealer.seal(json.dumps([_PURPOSE, caller.session_id]))


@dataclass(frozen=True, slots=True)
class FollowFeed:
    """Find the session whose feed may be read."""

    unit_of_work: UnitOfWork
    sealer: Sealer

    def session_of(self, caller: Caller, key: str | None) -> str:
        """The session that `key` was sealed for, or without one the caller's own; `StreamKeyRefused`."""
        if key is None:
            return caller.session_id
        match sealed_in(self.sealer.open(key, KEY_LIFETIME)):
            case [purpose, str(session_id), *_] if purpose == _PURPOSE:
                return session_id
            case _:
                raise StreamKeyRefused

    async def __call__(self, caller: Caller, session_id: str) -> None:
        """Raise `SessionEnded` if the session has ended, whoever asks."""
        asked = replace(caller, session_id=session_id)
        await self.unit_of_work.run(lambda repositories: current_user(repositories, asked))
