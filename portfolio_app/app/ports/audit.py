"""The audit trail: what was done, by whom, to what; append only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol


class Action(StrEnum):
    """The actions that the trail records."""

    POSTED = "message.posted"
    HELD = "message.held"
    WITHDRAWN = "message.withdrawn"
    APPROVED = "message.approved"
    REMOVED = "message.removed"
    RESTORED = "message.restored"
    REPORTED = "message.reported"
    KEPT = "message.kept"
    EDITED = "message.edited"
    DELETED = "message.deleted"
    MUTED = "author.muted"
    BANNED = "author.banned"
    UNMUTED = "author.unmuted"
    ERASED = "messages.erased"
    """All of one author's, without their texts in the trail: `subject` is the author."""
    ROOM_MADE = "room.made"
    ROOM_RENAMED = "room.renamed"
    ROOM_MOVED = "room.moved"
    ROOM_ARCHIVED = "room.archived"
    ROOM_REOPENED = "room.reopened"
    ROOM_SLOWED = "room.slowed"
    REGISTERED = "account.registered"
    SIGNED_IN = "account.signed_in"
    SIGNED_OUT = "account.signed_out"
    PASSWORD_CHANGED = "account.password_changed"  # noqa: S105 (the name of an action)
    CODES_MADE = "account.codes_made"
    RECOVERED = "account.recovered"
    SESSION_REVOKED = "session.revoked"
    """These six are written by earlier versions only, which may run beside this one; they are lines of the security
    log now."""
    RESET_LINK_MADE = "account.reset_link_made"
    SESSIONS_ENDED = "account.sessions_ended"
    DISABLED = "account.disabled"
    ENABLED = "account.enabled"
    EMAIL_CONFIRMED = "account.email_confirmed"
    RENAMED = "account.renamed"
    """`subject` is the name that the actor gave up."""
    PROMOTED = "account.promoted"
    DEMOTED = "account.demoted"


DECISIONS: Final = (Action.APPROVED, Action.REMOVED, Action.KEPT)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the trail. `actor` is a name with a tag; `subject` an id or username, never a body.

    `action` is a text where a newer version, which may run beside this one, wrote what this one has no word for.

    `detail` is for moderators, who read the trail: what a message said before its author changed it, why it was
    reported, for how long somebody is muted.
    """

    at: datetime
    actor: str
    action: Action | str
    subject: str
    request_id: str
    detail: str = ""


class AuditTrail(Protocol):
    """Appends to the audit trail, and reads it."""

    def add(self, entry: AuditEntry) -> None:
        """Append a line in the current transaction."""
        ...

    def forget(self, subjects: Sequence[str]) -> None:
        """Empty what the lines about these subjects say of earlier texts."""
        ...

    def rename(
        self, name: str, to: str, after: int, at_most: int, *, keeps_given_up: bool = False
    ) -> int | None:
        """Put another name into the lines of which somebody is actor or subject; with `keeps_given_up` not into those
        that say which name somebody gave up.

        Looks through the `at_most` lines that come after the one numbered `after`; returns where to go on, or None.
        """
        ...

    def purge(self, before: datetime, at_most: int) -> int:
        """Delete the oldest lines, if they are older than that; returns how many."""
        ...

    def recent(self, limit: int) -> list[AuditEntry]:
        """The newest `limit` lines, newest first."""
        ...

    def last_decision(self, subject: str) -> AuditEntry | None:
        """The newest line that says a moderator approved, kept or removed `subject`."""
        ...
