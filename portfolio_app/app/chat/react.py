"""A reader reacts to a message, or takes a reaction back."""

from dataclasses import dataclass

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound, RoomArchived
from portfolio_app.app.events import RoomChanged
from portfolio_app.app.identity import reader_of, refuse_muted
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.message import Message, MessageStatus, is_message_id
from portfolio_app.domain.chat.reactions import Sign


@dataclass(frozen=True, slots=True)
class Reacted:
    """A message, and the signs that a reader has given it."""

    message: Message
    own: tuple[Sign, ...]
    reader: str


@dataclass(frozen=True, slots=True)
class ReactToMessage:
    """Write the reader's reaction and the message's counts as one change of the room."""

    unit_of_work: UnitOfWork
    bus: Bus
    clock: Clock
    limiter: RateLimiter

    async def __call__(self, caller: Caller, message_id: str, sign: Sign, *, given: bool) -> Reacted:
        """The message, and which signs the caller has given it now; what is so already changes nothing.

        Raises `NotFound`, `RoomArchived`, `RateLimited`, and `Muted` where a reaction is given.
        """
        await self.limiter.hit(Rates.REACT_SESSION, caller.session_id)
        await self.limiter.hit(Rates.REACT_NETWORK, caller.network)

        def react(repositories: Repositories) -> tuple[Reacted, bool]:
            reader = reader_of(repositories, caller)
            if given:
                refuse_muted(repositories, caller, None, self.clock())
            message = repositories.messages.lock(message_id) if is_message_id(message_id) else None
            if message is None or message.status is not MessageStatus.VISIBLE:
                raise NotFound("There is no such message, or no longer.")
            room = repositories.rooms.get(message.room)
            if room is None or room.archived:
                raise RoomArchived
            own = repositories.messages.reactions_of(reader, [message_id]).get(message_id, ())
            if (sign in own) == given:
                return Reacted(message, own, reader), False
            repositories.messages.react(message_id, reader, sign, given=given)
            revision = repositories.rooms.next_revision(message.room)
            after = message.react(sign, 1 if given else -1, revision)
            repositories.messages.save(after)
            now = {*own, sign} if given else {*own} - {sign}
            return Reacted(after, tuple(each for each in Sign if each in now), reader), True

        reacted, changed = await self.unit_of_work.run(react)
        if changed:
            message = reacted.message
            await self.bus.publish(RoomChanged(str(message.room), (message,), (caller.request_id,)))
        return reacted
