"""A member's sessions as the browser gets them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from portfolio_app.app.ports.security import FAILURES, SecurityEvent, SecurityLine
from portfolio_app.app.ports.users import WrongPasswords
from portfolio_app.domain.account.session import Session, session_handle
from portfolio_app.http.kit.marks import epoch_ms
from portfolio_app.words import moment, said, t

UNKNOWN_DEVICE: Final = t("An unknown browser")
_BROWSERS: Final = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """A browser's name for a member, in words of this site alone: the header is whatever a client wrote."""
    browsers = (*_BROWSERS, ("Safari/", "Safari"))
    browser = next((name for sign, name in browsers if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return " on ".join(filter(None, (browser, system)))


@dataclass(frozen=True, slots=True)
class SessionView:
    """`handle` names the session to its owner; its id and its secret stay here."""

    handle: str
    device: str
    began: int
    seen: int
    expires: int
    current: bool


def session_view(session: Session, current_id: str) -> SessionView:
    """The row of one session."""
    return SessionView(
        handle=session_handle(session.id),
        device=session.device or UNKNOWN_DEVICE,
        began=epoch_ms(session.created_at),
        seen=epoch_ms(session.seen_at or session.created_at),
        expires=epoch_ms(session.expires_at),
        current=session.id == current_id,
    )


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the security log; `failed` marks what somebody tried in vain, `key` keys it within one reading."""

    key: str
    at: int
    event: str
    about: str
    request_id: str
    failed: bool


def line_view(position: int, line: SecurityLine) -> LineView:
    """The row of one line."""
    event, failed = said(line.event), line.event in FAILURES
    event = event[:1].upper() + event[1:]
    return LineView(str(position), epoch_ms(line.at), event, line.about, line.request_id, failed)


def elsewhere_of(line: SecurityLine | None) -> str:
    """The notice of the sign-in before this one, if it came from elsewhere."""
    return (
        t("The sign-in before this one: {at}, {about}.", at=moment(line.at), about=line.about) if line else ""
    )


def news_of(event: SecurityEvent | str, about: str) -> str:
    """The notice of an account's open tabs about an event that just happened elsewhere."""
    what = (
        t("New sign-in to your account")
        if event is SecurityEvent.SIGNED_IN
        else t("Your account: {event}", event=said(event))
    )
    return t(
        "{what} ({network}), {time}.",
        what=what,
        network=about or t("from an unknown network"),
        time=moment(datetime.now(UTC)),
    )


def warning_of(wrong: WrongPasswords | None) -> str:
    """The warning about wrong passwords for the owner of an account; empty if there were none."""
    if wrong is None:
        return ""
    when = moment(wrong.last_at)
    if wrong.count == 1:
        return t(
            "1 wrong password was tried for your account before you signed in, the last on {time}. "
            "None of them opened it.",
            time=when,
        )
    return t(
        "{n} wrong passwords were tried for your account before you signed in, the last on {time}. "
        "None of them opened it.",
        n=wrong.count,
        time=when,
    )
