"""The language in which a use case words what somebody reads."""

from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol


class Language(Protocol):
    """Words, figures and moments of one language. Texts are known by their English."""

    def t(self, english: str, **values: object) -> str:
        """The words for a text of the source, `values` in its places."""
        ...

    def said(self, english: str) -> str:
        """The words for a name, or for a sentence that was finished before: one of a stored record, say."""
        ...

    def number(self, value: float, digits: int = 0) -> str:
        """A number with so many digits after the point, thousands apart."""
        ...

    def moment(self, at: datetime) -> str:
        """A moment of UTC to the second."""
        ...

    def day_and_time(self, at: datetime) -> str:
        """A moment of UTC to the minute, its day in words."""
        ...


class English:
    """The language of the source, of terminals and logs."""

    def t(self, english: str, **values: object) -> str:
        """The text itself."""
        return english.format(**values) if values else english

    def said(self, english: str) -> str:
        """The text itself."""
        return english

    def number(self, value: float, digits: int = 0) -> str:
        """A number, such as 4,000.25; what is as near to one as to another is even, as on a page."""
        return f"{Decimal(str(value)):,.{digits}f}"

    def moment(self, at: datetime) -> str:
        """A moment to the second, such as 2026-11-24 09:30:05 UTC."""
        return f"{at:%Y-%m-%d %H:%M:%S} UTC"

    def day_and_time(self, at: datetime) -> str:
        """A moment to the minute, such as 24 November 2026, 09:30 UTC."""
        return f"{at:%-d %B %Y, %H:%M} UTC"


ENGLISH: Final = English()
