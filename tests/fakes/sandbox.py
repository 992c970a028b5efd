"""Sandboxes in memory."""

from dataclasses import replace

from portfolio_app.app.ports.audit import AuditEntry
from portfolio_app.app.ports.sandbox import RowCounts, Sandbox
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.room import SANDBOX_PREFIX, Room, RoomSlug
from tests.fakes.store import Store


class FakeSandbox:
    """Implements `SandboxRows`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, sandbox: Sandbox) -> int:
        audited = max(self._store.audit, default=0)
        self._store.rooms[str(sandbox.room)] = Room(sandbox.room, "Sandbox")
        self._store.sandboxes[str(sandbox.room)] = replace(sandbox, audited=audited)
        return audited

    def counts(self, sandbox: Sandbox) -> RowCounts:
        posted = [m.id for m in self._store.messages.values() if m.author.session_id == sandbox.session_id]
        return RowCounts(
            messages=len(posted),
            moderation_queue=len(set(posted) & self._store.queue.keys()),
            audit=len(self._audited(sandbox)),
            sessions=int(sandbox.session_id in self._store.sessions),
            rooms=sum(not slug.startswith(SANDBOX_PREFIX) for slug in self._store.rooms),
        )

    def purge(self, sandbox: Sandbox) -> int:
        removed = 0
        for number in self._audited(sandbox):
            del self._store.audit[number]
            removed += 1
        removed += self._store.sessions.pop(sandbox.session_id, None) is not None
        self._store.revoked.pop(sandbox.session_id, None)
        removed += self._empty(
            [
                m
                for m in self._store.messages.values()
                if m.room == sandbox.room or m.author.session_id == sandbox.session_id
            ]
        )
        self._store.sandboxes.pop(str(sandbox.room), None)
        return removed + (self._store.rooms.pop(str(sandbox.room), None) is not None)

    def discard_abandoned(self, before: RoomSlug) -> None:
        for sandbox in [found for slug, found in self._store.sandboxes.items() if slug < str(before)]:
            self.purge(sandbox)

    def _empty(self, messages: list[Message]) -> int:
        queued = sum(self._store.queue.pop(message.id, None) is not None for message in messages)
        for message in messages:
            del self._store.messages[message.id]
        return queued + len(messages)

    def _audited(self, sandbox: Sandbox) -> dict[int, AuditEntry]:
        return {
            number: entry
            for number, entry in self._store.audit.items()
            if number > sandbox.audited and entry.request_id == sandbox.request_id
        }
