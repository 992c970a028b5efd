"""The moderation queue, who may not write, and the audit trail as the browser gets them."""

from dataclasses import dataclass

from portfolio_app.app.ports.audit import AuditEntry
from portfolio_app.app.ports.moderation import QueuedMessage
from portfolio_app.app.ports.reports import Reported
from portfolio_app.domain.chat.mute import Mute
from portfolio_app.http.kit.fact import epoch_ms


@dataclass(frozen=True, slots=True)
class QueueRowView:
    """A message that waits, or one that `reports` visitors have reported, with the reasons they gave.

    `at` is milliseconds since the epoch.
    """

    id: str
    room: str
    author: str
    tag: str
    body: str
    at: int
    reasons: tuple[str, ...]
    reports: int = 0


@dataclass(frozen=True, slots=True)
class AuditRowView:
    """A line of the trail; `at` is milliseconds since the epoch."""

    id: str
    at: int
    actor: str
    action: str
    subject: str
    request_id: str


def queue_row_view(entry: QueuedMessage | Reported) -> QueueRowView:
    """The row a moderator decides on."""
    message = entry.message
    return QueueRowView(
        id=message.id,
        room=str(message.room),
        author=message.author.name,
        tag=message.author.tag,
        body=str(message.body),
        at=epoch_ms(message.posted_at),
        reasons=tuple(str(reason) for reason in entry.reasons),
        reports=entry.count if isinstance(entry, Reported) else 0,
    )


def audit_row_view(position: int, entry: AuditEntry) -> AuditRowView:
    """The line; `position` only keys it within one reading."""
    return AuditRowView(
        id=str(position),
        at=epoch_ms(entry.at),
        actor=entry.actor,
        action=str(entry.action),
        subject=entry.subject,
        request_id=entry.request_id,
    )


@dataclass(frozen=True, slots=True)
class MuteView:
    """An author who may not write; `since` and `until` are milliseconds since the epoch, 0 for a ban's end."""

    handle: str
    label: str
    moderator: str
    since: int
    until: int


def mute_view(mute: Mute) -> MuteView:
    """The line."""
    until = epoch_ms(mute.until) if mute.until else 0
    return MuteView(mute.handle, mute.label, mute.moderator, epoch_ms(mute.since), until)
