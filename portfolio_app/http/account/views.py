"""A member's sessions as the browser gets them."""

from dataclasses import dataclass

from portfolio_app.app.ports.users import WrongPasswords
from portfolio_app.domain.account.session import Session, session_handle
from portfolio_app.http.kit.fact import moment


@dataclass(frozen=True, slots=True)
class SessionView:
    """`handle` names the session to its owner; its id and its secret stay here."""

    handle: str
    began: str
    expires: str
    current: bool


def session_view(session: Session, current_id: str) -> SessionView:
    """The row of one session."""
    return SessionView(
        handle=session_handle(session.id),
        began=moment(session.created_at),
        expires=moment(session.expires_at),
        current=session.id == current_id,
    )


def warning_of(wrong: WrongPasswords | None) -> str:
    """What the owner of an account hears of wrong passwords; empty if there were none."""
    if wrong is None:
        return ""
    tried = "1 wrong password was" if wrong.count == 1 else f"{wrong.count} wrong passwords were"
    when = f"{wrong.last_at:%-d %B %Y, %H:%M} UTC"
    return f"{tried} tried for your account before you signed in, the last on {when}. None of them opened it."
