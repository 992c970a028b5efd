"""A visitor posts a message."""

from dataclasses import dataclass, field

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.tally import PostTally
from portfolio_app.app.errors import RateLimited
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.journal import Draft, MessageJournal, Stored
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.domain.chat.message import ClientMessageId, MessageBody, is_message_id
from portfolio_app.domain.chat.moderation import ModerationPolicy
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class PostCommand:
    """A message that a visitor wants to post, as it came."""

    room: str
    client_id: str
    body: str
    reply_to: str = ""
    written_as: str = ""


@dataclass(frozen=True, slots=True)
class PostMessage:
    """Validate, limit and judge a message, and hand it to the journal."""

    journal: MessageJournal
    limiter: RateLimiter
    policy: ModerationPolicy
    clock: Clock
    tally: PostTally = field(default_factory=PostTally)

    async def __call__(self, caller: Caller, command: PostCommand) -> Stored:
        """Post and return the stored message.

        Raises `InvalidValue`, `RateLimited`, and whatever `MessageJournal.append` raises. The session's
        allowance is asked before the network's, so one guest's refusals can't use up a neighbour's.
        """
        room, client_id = RoomSlug(command.room), ClientMessageId(command.client_id)
        body = MessageBody.parse(command.body)
        if command.reply_to and not is_message_id(command.reply_to):
            raise InvalidValue("reply_to", "That is no message that could be answered.")
        await self._limit(caller)
        draft = Draft(
            room=room,
            client_id=client_id,
            session_id=caller.session_id,
            body=body,
            verdict=self.policy.judge(body),
            posted_at=self.clock(),
            request_id=caller.request_id,
            guest=not caller.trusted,
            reply_to=command.reply_to or None,
            written_as=command.written_as,
        )
        receipt = await self.journal.append(draft)
        self.tally.stored += not receipt.repeated
        self.tally.repeated += receipt.repeated
        return receipt

    async def _limit(self, caller: Caller) -> None:
        try:
            await self.limiter.hit(Rates.POST_SESSION, caller.session_id)
            await self.limiter.hit(Rates.POST_NETWORK, caller.network)
        except RateLimited:
            self.tally.limited += 1
            raise
