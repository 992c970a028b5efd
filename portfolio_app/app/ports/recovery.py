"""Hashes of the codes that open an account without its password."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class RecoveryRepository(Protocol):
    """Codes that a member made, which last until they are used, and those of reset links, which expire."""

    def replace(self, user_id: int, hashes: Sequence[str]) -> None:
        """Store a member's new codes in place of the earlier ones."""
        ...

    def add_link(
        self, user_id: int, code_hash: str, expires_at: datetime, *, keeps_earlier: bool = False
    ) -> None:
        """Store the code of a reset link, in place of earlier ones or beside them."""
        ...

    def owner(self, code_hash: str, now: datetime) -> int | None:
        """Whose account the code would open now."""
        ...

    def use(self, user_id: int, code_hash: str, now: datetime) -> bool:
        """Take the code away; False if it does not open the account, or somebody else just used it."""
        ...

    def left(self, user_id: int) -> int:
        """How many of the member's own codes are left."""
        ...

    def end_links(self, user_id: int) -> None:
        """Forget the account's reset links."""
        ...

    def purge(self, expired_before: datetime, at_most: int) -> int:
        """Delete codes of links that expired before then; returns how many."""
        ...
