"""Where a member is signed in."""

from functools import partial
from typing import Any

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.http.account.sessions_dto import RevokeDTO
from portfolio_app.http.account.views import SessionView, session_view
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.handling import attempt
from portfolio_app.http.transport.parsing import parse
from portfolio_app.http.transport.runtime import services


class SessionsState(rx.State):
    """The member's sessions as read last; `allowed` is false for a guest, who has no account to ask about."""

    sessions: rx.Field[list[SessionView]] = rx.field(default_factory=list)
    allowed: rx.Field[bool] = rx.field(False)
    loaded: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")

    @rx.event
    async def refresh(self) -> None:
        """Read the list anew."""
        await self._load()

    @rx.event
    async def revoke(self, handle: Any = None) -> None:  # noqa: ANN401 (unparsed)
        """End one of them; its tabs are closed."""
        ended = await attempt(self, "account.revoke", partial(_revoke, handle))
        await self._load()
        if isinstance(ended, ErrorView):
            self.error = ended.text

    async def _load(self) -> None:
        found = await attempt(self, "account.sessions", _read, live=False)
        self.loaded, self.allowed = True, not isinstance(found, ErrorView)
        self.error = found.text if isinstance(found, ErrorView) else ""
        self.sessions = [] if isinstance(found, ErrorView) else found


async def _read(caller: Caller) -> list[SessionView]:
    found = await services().list_sessions(caller)
    return [session_view(session, caller.session_id) for session in found]


async def _revoke(handle: object, caller: Caller) -> None:
    dto = parse(RevokeDTO, {"handle": handle})
    await services().revoke_session(caller, dto.handle)
