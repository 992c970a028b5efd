"""Authors who may not write, and what a ban hid of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from portfolio_app.domain.chat.mute import Mute


class MuteRepository(Protocol):
    """At most one mute an author."""

    def holding(self, authors: Sequence[str], now: datetime) -> Mute | None:
        """The mute of one of these authors that ends last, if any holds at `now`."""
        ...

    def put(self, mute: Mute) -> None:
        """Store it in the place of an earlier one of the same author."""
        ...

    def by_handle(self, handle: str) -> Mute | None:
        """The mute that a page calls so, or None."""
        ...

    def lift(self, author: str) -> None:
        """Delete the author's mute."""
        ...

    def all(self, now: datetime, limit: int) -> list[Mute]:
        """The newest `limit` that hold at `now`, newest first."""
        ...

    def rename_moderator(self, name: str, to: str) -> None:
        """Let the mutes that a moderator made stand under another name."""
        ...

    def relabel(self, author: str, label: str) -> None:
        """Let an author's mute stand under another name."""
        ...

    def hide(self, author: str, message_ids: Sequence[str]) -> None:
        """Record that the author's ban hid these messages."""
        ...

    def hidden(self, author: str, limit: int) -> list[str]:
        """Ids of up to `limit` messages that the author's ban hid."""
        ...

    def unhide(self, message_ids: Sequence[str]) -> None:
        """Delete that record."""
        ...
