"""The member behind a session, read from the database each time it matters."""

from datetime import datetime

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import Muted, NotAllowed, SessionEnded
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.session import visitor_tag
from portfolio_app.domain.account.user import User
from portfolio_app.domain.chat.message import member_key


def current_user(repositories: Repositories, caller: Caller) -> User | None:
    """The signed-in user, or None for a guest; `SessionEnded` for a revoked or expired session."""
    if repositories.sessions.has_ended(caller.session_id):
        raise SessionEnded
    session = repositories.sessions.get(caller.session_id)
    if session is None or session.user_id is None or not caller.trusted:
        return None
    user = repositories.users.get(session.user_id)
    if user is not None and user.disabled:
        raise SessionEnded
    return user


def require_member(repositories: Repositories, caller: Caller) -> User:
    """The signed-in user; `NotAllowed` for a guest."""
    user = current_user(repositories, caller)
    if user is None:
        raise NotAllowed("Sign in to see where you are signed in.")
    return user


def reader_of(repositories: Repositories, caller: Caller) -> str:
    """The key under which reading and reactions are recorded: a member's in every session, else the session's."""
    user = current_user(repositories, caller)
    return f"member {user.id}" if user else caller.session_id


def require_moderator(repositories: Repositories, caller: Caller) -> User:
    """The user if they may moderate; `NotAllowed` otherwise."""
    user = current_user(repositories, caller)
    if user is None or not user.is_moderator:
        raise NotAllowed("Only a moderator can do this.")
    return user


def refuse_muted(repositories: Repositories, caller: Caller, user: User | None, now: datetime) -> None:
    """Raise `Muted` if a moderator has muted this session or its member; for whatever others would see.

    The session's member counts for an untrusted caller, too: there, `user` is None.
    """
    session = repositories.sessions.get(caller.session_id)
    member = user.id if user else session and session.user_id
    authors = [caller.session_id, *([member_key(member)] if member else [])]
    mute = repositories.mutes.holding(authors, now)
    if mute is not None:
        raise Muted(mute.sentence())


def actor_name(user: User | None, session_id: str) -> str:
    """How the audit trail names someone: the username, or the demo user with the visitor's tag."""
    return str(user.username) if user else f"demo#{visitor_tag(session_id)}"
