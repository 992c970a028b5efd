"""The browser swaps a ticket for the cookie of a new session."""

from dataclasses import dataclass

from portfolio_app.app.account import tickets
from portfolio_app.app.account.letters import Letters
from portfolio_app.app.account.record import news, record
from portfolio_app.app.caller import Caller, shortened
from portfolio_app.app.errors import TicketRefused
from portfolio_app.app.events import AccountNews, SessionRevoked
from portfolio_app.app.identity import current_user
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.session import LIFETIMES, Lifetimes, Session, SessionSecret
from portfolio_app.domain.account.user import User


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The new session's secret, and whether somebody tried wrong passwords for its account before."""

    secret: SessionSecret
    was_guessed_at: bool
    came_back: bool = False
    """The account was about to go, and stays."""
    signed_out: bool = False


@dataclass(frozen=True, slots=True)
class RedeemTicket:
    """Store the new session and revoke the old one: an id known before a sign-in is worth nothing after it."""

    unit_of_work: UnitOfWork
    bus: Bus
    limiter: RateLimiter
    sealer: Sealer
    clock: Clock
    letters: Letters
    lifetimes: Lifetimes = LIFETIMES

    async def __call__(self, caller: Caller, token: str, device: str = "") -> Redeemed:
        """Return the new secret, once; `device` is what the session is called by in its member's list.

        Raises `TicketRefused` for a used, old, forged or foreign ticket, `RateLimited`.
        """
        ticket = tickets.redeem(self.sealer, token, caller.session_id)
        await self.limiter.hit(Rates.SESSION_NETWORK, caller.network)
        now = self.clock()

        def rotate(repositories: Repositories) -> tuple[Redeemed, AccountNews | None, User | None]:
            if ticket.user_id is not None:
                repositories.users.lock(
                    ticket.user_id
                )  # the password may be changing, or the account leaving
            arriving = _check_account(repositories, ticket) if ticket.user_id is not None else None
            leaving = current_user(repositories, caller)
            new_id, member = ticket.secret.session_id, ticket.user_id
            told = news(
                repositories, SecurityEvent.SIGNED_IN, member, caller, device
            )  # before the new session
            repositories.sessions.add(
                Session.start(new_id, now, member, device=device, lifetimes=self.lifetimes)
            )
            repositories.sessions.revoke(caller.session_id, now, replaced=True)
            if member is None:
                if leaving is not None:
                    record(repositories, now, SecurityEvent.SIGNED_OUT, leaving.id, caller)
                return Redeemed(ticket.secret, was_guessed_at=False, signed_out=True), None, None
            record(repositories, now, SecurityEvent.SIGNED_IN, member, caller, detail=device)
            came_back = repositories.users.stay(member)
            if came_back:
                record(repositories, now, SecurityEvent.CAME_BACK, member, caller)
            guesses = repositories.credentials.signed_in(member)
            is_rotation = leaving is not None and leaving.id == member  # with a change of the password
            return (
                Redeemed(ticket.secret, guesses is not None, came_back),
                told,
                None if is_rotation else arriving,
            )

        redeemed, told, arrived = await self.unit_of_work.run(rotate)
        await self.bus.publish(SessionRevoked(caller.session_id, replaced=True))
        if told is not None:
            await self.bus.publish(told)
        if arrived is not None:
            self.letters.signed_in(arrived, ", ".join(filter(None, (device, shortened(caller.network)))))
        return redeemed


def _check_account(repositories: Repositories, ticket: tickets.Ticket) -> User:
    """The ticket's account; `TicketRefused` if since then the password has changed, or the account was disabled."""
    user_id = ticket.user_id or 0
    user, stored = repositories.users.get(user_id), repositories.credentials.get(user_id)
    if user is None or user.disabled or ticket.password != tickets.mark(stored or ""):
        raise TicketRefused
    return user
