"""Mutes in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portfolio_app.domain.chat.mute import Mute
from tests.fakes.store import Store


class FakeMutes:
    """Implements `MuteRepository`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def holding(self, authors: Sequence[str], now: datetime) -> Mute | None:
        mutes = [m for m in self._store.mutes.values() if m.author in authors and m.holds(now)]
        return max(mutes, key=lambda m: (m.is_ban, m.until or now), default=None)

    def put(self, mute: Mute) -> None:
        self._store.mutes[mute.author] = mute

    def by_handle(self, handle: str) -> Mute | None:
        return next((m for m in self._store.mutes.values() if m.handle == handle), None)

    def lift(self, author: str) -> None:
        self._store.mutes.pop(author, None)

    def all(self, now: datetime, limit: int) -> list[Mute]:
        held = [m for m in self._store.mutes.values() if m.holds(now)]
        return sorted(held, key=lambda m: m.since, reverse=True)[:limit]

    def rename_moderator(self, name: str, to: str) -> None:
        for author, mute in self._store.mutes.items():
            if mute.moderator == name:
                self._store.mutes[author] = replace(mute, moderator=to)

    def relabel(self, author: str, label: str) -> None:
        if author in self._store.mutes:
            self._store.mutes[author] = replace(self._store.mutes[author], label=label)

    def hide(self, author: str, message_ids: Sequence[str]) -> None:
        self._store.hidden |= dict.fromkeys(message_ids, author)

    def hidden(self, author: str, limit: int) -> list[str]:
        return sorted(each for each, by in self._store.hidden.items() if by == author)[:limit]

    def unhide(self, message_ids: Sequence[str]) -> None:
        for each in message_ids:
            self._store.hidden.pop(each, None)
