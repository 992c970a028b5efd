"""The origins that may open websockets and ask for effects, and the words for those that may not."""

import ipaddress
import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from portfolio_app.words import t

_log = logging.getLogger(__name__)
_ORIGINS_LOGGED: Final = 64
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class OriginRule:
    """`allowed` by name and, where `any_local` is on, every address of this machine that the request went to.

    Such an address is a forwarded port or one of a LAN. Only names count that no stranger can make point here:
    a page could rebind a name of its own to this machine.
    """

    allowed: frozenset[str]
    public_url: str
    any_local: bool = False

    def allows(self, origin: str, host: str | None) -> bool:
        """Whether a page of `origin` may ask for effects at the address `host` that its request names."""
        if origin in self.allowed:
            return True
        return self.any_local and host is not None and origin == f"http://{host}" and _is_local(origin)

    def words(self, origin: str) -> str:
        """The words that a page of a refused origin shows."""
        opened = _printable(origin) or t("an unknown address")
        if self.any_local:
            return t(
                "This page was opened at {origin}, but the server accepts live connections from {url} only: its "
                "PUBLIC_URL is not set, so that {url} counts.",
                origin=opened,
                url=self.public_url,
            )
        return t(
            "This page was opened at {origin}, but the server accepts live connections from {url} only: its PUBLIC_URL "
            "is {url}.",
            origin=opened,
            url=self.public_url,
        )

    def line(self, origin: str) -> str:
        """The line of the log about a refused origin."""
        return f"refused the origin {_printable(origin) or '(none)'}: PUBLIC_URL {self._how()}"

    def _how(self) -> str:
        return f"is not set, so that {self.public_url} counts" if self.any_local else f"is {self.public_url}"


@dataclass(slots=True)
class RefusedOrigins:
    """Counts refusals by the kind of request, and writes each origin into the log once."""

    counted: Counter[str] = field(default_factory=lambda: Counter(websocket=0, http=0))
    _logged: set[str] = field(default_factory=set)

    def add(self, kind: str, origin: str, rule: OriginRule) -> None:
        """Count one. An origin is its sender's text: it is shortened, and a bounded number of them is logged."""
        self.counted[kind] += 1
        line = rule.line(origin)
        if line not in self._logged and len(self._logged) < _ORIGINS_LOGGED:
            self._logged.add(line)
            _log.warning("%s", line)


def _is_local(origin: str) -> bool:
    try:
        name = urlsplit(origin).hostname or ""
        return name == "localhost" or name.endswith(".localhost") or bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _printable(text: str) -> str:
    return "".join(ch for ch in text[:_LONGEST] if ch.isprintable())
