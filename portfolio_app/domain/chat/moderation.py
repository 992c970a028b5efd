"""The policy that sends a message to a moderator before anyone else sees it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from portfolio_app.domain.chat.message import MessageBody, MessageStatus

_LINK = re.compile(
    r"(?:https?://|www\.|\b[\w-]+\.(?:com|net|org|io|dev|ru|cn|xyz|info|biz|top|site)\b)", re.IGNORECASE
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
    """The policy's answer: no reasons means visible at once."""

    reasons: tuple[Reason, ...] = ()

    @property
    def status(self) -> MessageStatus:
        """The status a new message starts in."""
        return MessageStatus.PENDING if self.reasons else MessageStatus.VISIBLE


@dataclass(frozen=True, slots=True)
class ModerationPolicy:
    """Holds back links, text over `LONG_BODY` characters, shouting, and listed words (casefolded)."""

    words: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def with_words(cls, words: Iterable[str]) -> "ModerationPolicy":
        """Build a policy from a word list in any case."""
        return cls(frozenset(word.casefold() for word in words))

    def judge(self, body: MessageBody) -> Verdict:
        """Name every reason to hold `body` back, in a fixed order."""
        text = body.value
        found = (
            (Reason.LINK, _LINK.search(text) is not None),
            (Reason.LONG, len(text) > LONG_BODY),
            (Reason.SHOUTING, _is_shouting(text)),
            (Reason.WORD, not self.words.isdisjoint(_WORD.findall(text.casefold()))),
        )
        return Verdict(tuple(reason for reason, applies in found if applies))


def _is_shouting(text: str) -> bool:
    letters = [ch for ch in text if ch.isalpha()]
    upper = sum(ch.isupper() for ch in letters)
    return len(letters) >= SHOUT_LETTERS and upper >= SHOUT_SHARE * len(letters)
