"""Where a member is signed in."""

import reflex as rx
from pydantic import Field

from portfolio_app.http.account.views import SessionView, session_view
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Request
from portfolio_app.http.transport.runtime import services


class RevokeDTO(Request):
    """The session that a member wants to end."""

    handle: str = Field(pattern="^[0-9a-f]{16}$")


class SessionsState(rx.State):
    """The member's sessions as read last; `allowed` is false for a guest, who has no account to ask about."""

    sessions: rx.Field[list[SessionView]] = rx.field(default_factory=list)
    allowed: rx.Field[bool] = rx.field(False)
    loaded: rx.Field[bool] = rx.field(False)
    problem: rx.Field[str] = rx.field("")

    def _closed(self, error: ErrorView, _payload: Payload) -> None:
        self.loaded, self.allowed, self.sessions, self.problem = True, False, [], error.text

    @action("account.sessions", live=False, refused=_closed)
    async def refresh(self) -> None:
        """Read the list anew."""
        caller = caller_of(self)
        found = await services().list_sessions(caller)
        self.loaded, self.allowed, self.problem = True, True, ""
        self.sessions = [session_view(session, caller.session_id) for session in found]

    @action("account.revoke")
    async def revoke(self, wanted: RevokeDTO) -> None:
        """End one of them; its tabs are closed."""
        try:
            await services().revoke_session(caller_of(self), wanted.handle)
        finally:
            await self.refresh()
