"""The store of the fake repositories."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from portfolio_app.app.ports.audit import AuditEntry
from portfolio_app.app.ports.reports import Report
from portfolio_app.app.ports.runs import Record, Run
from portfolio_app.app.ports.sandbox import Sandbox
from portfolio_app.app.ports.security import SecurityLine
from portfolio_app.app.ports.users import FormerName
from portfolio_app.domain.account.passkey import Passkey
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.account.user import User
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.moderation import Reason
from portfolio_app.domain.chat.mute import Mute
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import Room, RoomSlug


def _lobby() -> dict[str, Room]:
    return {"lobby": Room(RoomSlug("lobby"), "Lobby")}


@dataclass
class Store:
    """Every table, as a dictionary of values that never change; a new store has the Lobby."""

    rooms: dict[str, Room] = field(default_factory=_lobby)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    sandboxes: dict[str, Sandbox] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    reactions: dict[tuple[str, str, Sign], None] = field(default_factory=dict)
    queue: dict[str, tuple[Reason, ...]] = field(default_factory=dict)
    mutes: dict[str, Mute] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    reports: dict[tuple[str, str], tuple[Report, datetime | None]] = field(default_factory=dict)
    audit: dict[int, AuditEntry] = field(default_factory=dict)
    security: dict[int, SecurityLine] = field(default_factory=dict)
    passkeys: dict[str, Passkey] = field(default_factory=dict)
    challenges: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    former_names: dict[str, tuple[FormerName, bool]] = field(default_factory=dict)
    takes_messages: dict[int, bool] = field(default_factory=dict)
    credentials: dict[int, str] = field(default_factory=dict)
    wrong_passwords: dict[int, tuple[int, int, datetime]] = field(default_factory=dict)
    recovery_codes: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    revoked: dict[str, datetime] = field(default_factory=dict)
    replaced: dict[str, datetime] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    records: dict[str, tuple[datetime, Record | None, Record]] = field(default_factory=dict)
    burst_rows: dict[tuple[str, int], str] = field(default_factory=dict)
    page_views: dict[tuple[date, str], int] = field(default_factory=dict)
    rows: dict[tuple[type, object], Any] = field(default_factory=dict)

    def copy(self) -> "Store":
        """The same contents, to go back to."""
        return Store(**{table.name: dict(getattr(self, table.name)) for table in fields(self)})

    def restore(self, earlier: "Store") -> None:
        """Forget every change since `earlier` was copied."""
        for table in fields(self):
            setattr(self, table.name, getattr(earlier, table.name))
