"""The moderator's queue, mutes and audit trail, and the push channel that says when to read them again."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Final

import reflex as rx
from pydantic import Field

from portfolio_app.app.events import Event, QueueChanged, RoomsChanged
from portfolio_app.app.moderation.decide import Decision
from portfolio_app.app.moderation.review import QUEUE_LIMIT, Only, Review
from portfolio_app.app.ports.audit import AuditEntry
from portfolio_app.app.ports.moderation import QueuedMessage
from portfolio_app.app.ports.reports import Reported
from portfolio_app.domain.chat.mute import Mute
from portfolio_app.http.kit.marks import epoch_ms
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Request
from portfolio_app.http.transport.push import MODERATION, Push
from portfolio_app.http.transport.runtime import part, services


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


MOST_SHOWN: Final = 500
"""Rows of the queue that one tab shows: decisions bring up the rest."""
QUEUE_DELAY: Final = 0.2
"""Seconds by which an announcement to moderators waits for more of its kind."""


class ModerationFeed(rx.State):
    """Counters: one grows when queue or trail changed, one with the rooms; rows are read with authorisation."""

    version: rx.Field[int] = rx.field(0)
    rooms: rx.Field[int] = rx.field(0)


class QueuePublisher:
    """Subscribes to the bus: changes of the queue become few announcements to moderators' tabs."""

    def __init__(self, push: Push) -> None:
        self._push = push
        self._version = self._rooms = 0
        self._announcing: asyncio.Task[None] | None = None

    async def on_event(self, event: Event) -> None:
        """Announce a changed queue, and changed rooms, which the trail has as well."""
        if isinstance(event, RoomsChanged):
            await self.announce()
        elif isinstance(event, QueueChanged):
            await self._announce_queue()

    async def announce(self) -> None:
        """Let moderators' tabs read queue, trail and rooms again, soon."""
        self._rooms += 1
        await self._announce_queue()

    async def _announce_queue(self) -> None:
        # Each announcement makes every moderator's tab read the queue: a storm of posts becomes a few.
        if self._announcing is None or self._announcing.done():
            self._announcing = asyncio.create_task(self._announce_soon(), name="announce queue")

    def stop(self) -> None:
        """Drop an announcement that still waits."""
        if self._announcing is not None:
            self._announcing.cancel()

    async def _announce_soon(self) -> None:
        await asyncio.sleep(QUEUE_DELAY)
        self._version += 1
        await self._push.send(MODERATION, ModerationFeed, version=self._version, rooms=self._rooms)


class DecisionDTO(Request):
    """The message a moderator decides on."""

    message_id: str = Field(max_length=64)


class FilterDTO(Request):
    """The part of the queue that a moderator wants to see."""

    only: Only = Field(strict=False)


class ModerationState(rx.State):
    """Rows are read anew, with authorisation, each time `ModerationFeed` says that something changed.

    They are sent to the tab and not kept: a state outlives the role it was read under, and a snapshot would repeat it.
    `count` messages wait or are reported, the oldest `limit` of each are in `queue`, or of `only` one of the two.
    `notice` says why a decision had no effect; it stays until it is dismissed, since reading anew comes right after a
    decision of anybody.
    """

    queue: rx.Field[list[QueueRowView]] = rx.field(default_factory=list)
    trail: rx.Field[list[AuditRowView]] = rx.field(default_factory=list)
    muted: rx.Field[list[MuteView]] = rx.field(default_factory=list)
    allowed: rx.Field[bool] = rx.field(False)
    loaded: rx.Field[bool] = rx.field(False)
    count: rx.Field[int] = rx.field(0)
    only: rx.Field[str] = rx.field(Only.ALL.value)
    limit: rx.Field[int] = rx.field(QUEUE_LIMIT)
    problem: rx.Field[str] = rx.field("")
    notice: rx.Field[str] = rx.field("")

    def _not_decided(self, error: ErrorView, _payload: Payload) -> None:
        self.notice = error.text

    def _closed(self, error: ErrorView, _payload: Payload) -> None:
        self.loaded, self.allowed, self.problem = True, False, error.text
        self.queue, self.trail, self.muted = [], [], []

    @action("moderation.review", live=False, refused=_closed)
    async def refresh(self) -> None:
        """Read queue and trail; for anyone but a moderator both stay empty and the topic stays closed."""
        sid = self.router.session.session_id
        await part(Push).room(sid)
        try:
            review = await services().review_queue(caller_of(self), self.limit, Only(self.only))
        except Exception:
            await part(Push).leave(sid, MODERATION)
            raise
        await part(Push).join(sid, MODERATION)
        await _show(sid, review)

    @action("moderation.more", live=False, refused=_closed)
    async def more(self) -> None:
        """Show more of the queue."""
        self.limit = min(self.limit + QUEUE_LIMIT, MOST_SHOWN)
        await self.refresh()

    @action("moderation.filter", live=False, refused=_closed)
    async def show(self, wanted: FilterDTO) -> None:
        """Show one part of the queue, or all of it."""
        self.only, self.limit = wanted.only.value, QUEUE_LIMIT
        await self.refresh()

    @rx.event
    def dismiss(self) -> None:
        """Take the notice away."""
        self.notice = ""

    @action("moderation.approve", refused=_not_decided)
    async def approve(self, wanted: DecisionDTO) -> None:
        """Let a held message into its room."""
        await services().decide_on_message(caller_of(self), wanted.message_id, Decision.APPROVE)

    @action("moderation.keep", refused=_not_decided)
    async def keep(self, wanted: DecisionDTO) -> None:
        """Leave a reported message where it is."""
        await services().decide_on_message(caller_of(self), wanted.message_id, Decision.KEEP)

    @action("moderation.remove", refused=_not_decided)
    async def remove(self, wanted: DecisionDTO) -> None:
        """Take a message away."""
        await services().decide_on_message(caller_of(self), wanted.message_id, Decision.REMOVE)


async def _show(sid: str, review: Review) -> None:
    waiting: list[QueuedMessage | Reported] = [*review.reported, *review.waiting]
    queue = [asdict(queue_row_view(entry)) for entry in waiting]
    trail = [asdict(audit_row_view(position, entry)) for position, entry in enumerate(review.trail)]
    muted = [asdict(mute_view(mute)) for mute in review.muted]
    shown: dict[str, object] = {
        "loaded": True,
        "allowed": True,
        "queue": queue,
        "trail": trail,
        "muted": muted,
    }
    await part(Push).send(sid, ModerationState, count=review.count, **shown)
