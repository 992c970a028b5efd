"""The policy that sends a message to a moderator before anyone else sees it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from portfolio_app.domain.chat.hosts import COMMON_SUFFIXES, Hosts
from portfolio_app.domain.chat.message import MessageBody, MessageStatus
from portfolio_app.domain.text import plain_text

_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://\S|\bwww\.\w", re.IGNORECASE)
_HOST = re.compile(
    r"(?<![\w.@-])(?:[\w-]{1,63}\.)+(?P<suffix>[^\W\d_][\w-]{1,62})(?P<path>[/:?#]\S)?(?!\w|\()"
)
_WORD = re.compile(r"\w+")
LONG_BODY: Final = 600
SHOUT_LETTERS: Final = 12
SHOUT_SHARE: Final = 0.7


class Reason(StrEnum):
    """Why a message waits for a moderator."""

    LINK = "link"
    LONG = "long"
    SHOUTING = "shouting"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The policy's answer: no reasons means visible at once. What its author has withdrawn is never shown."""

    reasons: tuple[Reason, ...] = ()
    withdrawn: bool = False

    @property
    def status(self) -> MessageStatus:
        """The status a new message starts in."""
        if self.withdrawn:
            return MessageStatus.REMOVED
        return MessageStatus.PENDING if self.reasons else MessageStatus.VISIBLE


@dataclass(frozen=True, slots=True)
class ModerationPolicy:
    """Holds back links, text over `LONG_BODY` characters, shouting, and listed words (casefolded)."""

    words: frozenset[str] = field(default_factory=frozenset)
    is_suffix: Callable[[str], bool] = field(default=COMMON_SUFFIXES.__contains__)
    """Whether a lower-case label is a top-level domain."""

    @classmethod
    def with_words(
        cls, words: Iterable[str], is_suffix: Callable[[str], bool] = COMMON_SUFFIXES.__contains__
    ) -> "ModerationPolicy":
        """Build a policy from a word list in any case."""
        return cls(frozenset(word.casefold() for word in words), is_suffix)

    def judge(self, body: MessageBody) -> Verdict:
        """Name every reason to hold `body` back, in a fixed order."""
        text, plain = body.value, plain_text(body.value)
        found = (
            (Reason.LINK, self._links(plain)),
            (Reason.LONG, len(text) > LONG_BODY),
            (Reason.SHOUTING, _is_shouting(text)),
            (Reason.WORD, not self.words.isdisjoint(_WORD.findall(plain.casefold()))),
        )
        return Verdict(tuple(reason for reason, applies in found if applies))

    def _links(self, plain: str) -> bool:
        return _SCHEME.search(plain) is not None or any(map(self._is_host, _HOST.finditer(plain)))

    def _is_host(self, found: re.Match[str]) -> bool:
        name, _, suffix = found[0].removesuffix(found["path"] or "").rpartition(".")
        return Hosts(self.is_suffix).is_host(name, suffix, is_address=bool(found["path"]))


def _is_shouting(text: str) -> bool:
    letters = [ch for ch in text if ch.isalpha()]
    upper = sum(ch.isupper() for ch in letters)
    return len(letters) >= SHOUT_LETTERS and upper >= SHOUT_SHARE * len(letters)
