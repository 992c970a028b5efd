"""Letters to the addresses of accounts."""

from dataclasses import dataclass, field
from typing import Protocol

from portfolio_app.domain.account.user import Email


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one address, in plain text; it may hold a link that opens an account."""

    to: Email
    subject: str
    text: str = field(repr=False)


class Mail(Protocol):
    """Sends letters beside the work of the site."""

    @property
    def is_set(self) -> bool:
        """Whether letters reach anybody."""
        ...

    def send(self, letter: Letter) -> None:
        """Take the letter; neither waits nor fails, whatever becomes of it."""
        ...
