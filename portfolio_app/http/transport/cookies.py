"""The session cookie: a sealed secret that only this server can read."""

import json
from functools import lru_cache
from typing import Final

from portfolio_app.domain.account.session import SESSION_LIFETIME, SessionSecret
from portfolio_app.http.transport import runtime

_NAME: Final = "portfolio_session"
_LONGEST: Final = 1024


def cookie_name() -> str:
    """`__Host-` ties the cookie to this very host under https, where browsers enforce it."""
    return f"__Host-{_NAME}" if runtime.options().secure_cookies else _NAME


def set_cookie(secret: SessionSecret) -> str:
    """The value of a Set-Cookie header."""
    sealed = runtime.services().sealer.seal(json.dumps(["session", secret.value]))
    return "; ".join((f"{cookie_name()}={sealed}", *cookie_flags()))


def cookie_flags() -> tuple[str, ...]:
    """What the browser is told to do with the cookie."""
    age = int(SESSION_LIFETIME.total_seconds())
    secure = ("Secure",) if runtime.options().secure_cookies else ()
    return ("Path=/", f"Max-Age={age}", "HttpOnly", "SameSite=Lax", *secure)


def read_cookie(header: str | None) -> SessionSecret | None:
    """The secret in a Cookie header, or None if there is none, or one that is forged, damaged or too old."""
    sealed = _value(header or "")
    text = runtime.services().sealer.open(sealed, SESSION_LIFETIME) if sealed else None
    return None if text is None else _secret_in(text)


@lru_cache(maxsize=512)
def _secret_in(text: str) -> SessionSecret | None:
    # Tickets are sealed with the same keys: the first word keeps one from passing as the other.
    match json.loads(text):
        case ["session", str(secret)]:
            return SessionSecret(secret)
        case _:
            return None


def _value(header: str) -> str | None:
    wanted = f"{cookie_name()}="
    for part in header.split(";"):
        pair = part.strip()
        if pair.startswith(wanted):
            value = pair.removeprefix(wanted)
            return value if value.isascii() and len(value) <= _LONGEST else None
    return None
