"""The moderator's queue and the audit trail."""

from functools import partial
from typing import Any

import reflex as rx

from portfolio_app.app.caller import Caller
from portfolio_app.app.moderation.decide import Decision
from portfolio_app.app.moderation.review import Review
from portfolio_app.domain.chat.message import Message
from portfolio_app.http.moderation.dto import DecisionDTO
from portfolio_app.http.moderation.views import AuditRowView, QueueRowView, audit_row_view, queue_row_view
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.handling import attempt
from portfolio_app.http.transport.parsing import parse
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import part, services
from portfolio_app.http.transport.topics import MODERATION


class ModerationState(rx.State):
    """Rows are read anew, with authorisation, each time `ModerationFeed` says that something changed."""

    queue: rx.Field[list[QueueRowView]] = rx.field(default_factory=list)
    trail: rx.Field[list[AuditRowView]] = rx.field(default_factory=list)
    allowed: rx.Field[bool] = rx.field(False)
    loaded: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")

    @rx.event
    async def refresh(self) -> None:
        """Read queue and trail; for anyone but a moderator both stay empty and the topic stays closed."""
        result = await attempt(self, "moderation.review", self._review, live=False)
        self.loaded = True
        if isinstance(result, ErrorView):
            self.allowed, self.queue, self.trail, self.error = False, [], [], result.text
            await part(Push).leave(self.router.session.session_id, MODERATION)
        else:
            self._show(result)

    @rx.event
    async def approve(self, message_id: Any = None) -> None:  # noqa: ANN401 (unparsed)
        """Let a held message into its room."""
        await self._decide(message_id, Decision.APPROVE)

    @rx.event
    async def remove(self, message_id: Any = None) -> None:  # noqa: ANN401 (unparsed)
        """Take a message away."""
        await self._decide(message_id, Decision.REMOVE)

    async def _decide(self, message_id: object, decision: Decision) -> None:
        result = await attempt(self, f"moderation.{decision}", partial(_decide, message_id, decision))
        self.error = result.text if isinstance(result, ErrorView) else ""

    async def _review(self, caller: Caller) -> Review:
        review = await services().review_queue(caller)
        await part(Push).join(self.router.session.session_id, MODERATION)
        return review

    def _show(self, review: Review) -> None:
        self.allowed, self.error = True, ""
        self.queue = [queue_row_view(entry) for entry in review.waiting]
        self.trail = [audit_row_view(position, entry) for position, entry in enumerate(review.trail)]


async def _decide(message_id: object, decision: Decision, caller: Caller) -> Message:
    dto = parse(DecisionDTO, {"message_id": message_id})
    return await services().decide_on_message(caller, dto.message_id, decision)
