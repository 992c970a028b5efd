"""The visitor's identity, shown on every page."""

from typing import Final

import reflex as rx
from reflex.event import EventSpec

from portfolio_app.app.account.identify import Identity
from portfolio_app.app.events import AccountNews, Event
from portfolio_app.domain.account.passkey import owner_handle
from portfolio_app.http.account.ticket import exchange
from portfolio_app.http.account.views import elsewhere_of, news_of
from portfolio_app.http.transport.action import Payload, action, ignore
from portfolio_app.http.transport.caller import caller_of, lost_a_session, sid_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.push import Push, account_topic
from portfolio_app.http.transport.runtime import options, part, services
from portfolio_app.words import t

_ENDED: Final = t(
    "Your session was ended from another browser or by a moderator, or its time was up. You are signed out."
)


def place_to_go_on() -> rx.Var[str]:
    """The address at which a visitor goes on after signing in: the open page, or the one that led to the forms."""
    url = rx.State.router.url
    path, wanted = url.path.to(str), url.query_parameters.to(dict[str, str])["next"]
    is_form = (path == "/sign-in") | (path == "/register") | (path == "/recover")
    # Where a changed password is a line of the log.
    here = rx.cond(path == "/password", "/account", path)
    found: rx.Var[str] = rx.cond(is_form, rx.cond(wanted, wanted, "/"), here).to(str)
    return found


def sign_in_from(path: rx.Var[str]) -> rx.Var[str]:
    """The address of the sign-in page for a visitor who wants to go on to `path` then, if it is known yet."""
    return _going_on("/sign-in", path)


def register_from(path: rx.Var[str]) -> rx.Var[str]:
    """The address of the page to register on, which leads back to `path`."""
    return _going_on("/register", path)


def _going_on(page: str, path: rx.Var[str]) -> rx.Var[str]:
    address: rx.Var[str] = rx.cond(path, f"{page}?next={path}", page).to(str)
    return address


class IdentityState(rx.State):
    """The visitor as pages show them. Nothing is decided by it: handlers ask the database.

    `writer` tells a member's tab whose the drafts in it are; it is empty for a guest.
    """

    username: rx.Field[str] = rx.field("")
    tag: rx.Field[str] = rx.field("")
    writer: rx.Field[str] = rx.field("")
    signed_in: rx.Field[bool] = rx.field(False)
    is_moderator: rx.Field[bool] = rx.field(False)
    notice: rx.Field[str] = rx.field("")
    news: rx.Field[str] = rx.field("")
    build: rx.Field[str] = rx.field("")

    def _show_nobody(self, _error: ErrorView, _payload: Payload) -> None:
        self._show(Identity(None, ""))

    @action("account.identify", live=False, refused=_show_nobody)
    async def load(self) -> None:
        """Read the identity; a visitor whose session has ended is shown as nobody."""
        caller = caller_of(self)
        found = await services().identify(caller, arriving=True)
        if found.user is not None:
            await part(Push).join(sid_of(self), account_topic(caller.session_id))
        self._show(found)

    @action("account.sign_out", refused=ignore)
    async def sign_out(self) -> list[EventSpec]:
        """Swap the session for a guest's, and forget what was typed in this tab: the next one may be another's."""
        ticket = await services().sign_out(caller_of(self))
        return [rx.clear_session_storage(), exchange(ticket)]

    def _show(self, identity: Identity) -> None:
        user = identity.user
        self.username, self.tag = (str(user.username) if user else ""), identity.tag
        self.writer = owner_handle(user).hex() if user else ""
        self.signed_in, self.is_moderator = user is not None, user is not None and user.is_moderator
        self.notice = _ENDED if lost_a_session(self) else ""
        self.news = elsewhere_of(identity.elsewhere)
        self.build = options().build


class NewsPublisher:
    """Subscribes to the bus: what happens with an account is said in its other sessions' tabs."""

    def __init__(self, push: Push) -> None:
        self._push = push

    async def on_event(self, event: Event) -> None:
        """Push it to every tab of these sessions."""
        if isinstance(event, AccountNews):
            said: dict[str, object] = {"news": news_of(event.event, event.about)}
            if event.username:
                said["username"] = event.username
            for session_id in event.session_ids:
                await self._push.send(account_topic(session_id), IdentityState, **said)
