"""The live facts of the showcase, read for one visitor."""

from dataclasses import dataclass

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.tally import PostTally
from portfolio_app.app.identity import current_user
from portfolio_app.app.ports.limiter import Allowance, RateLimiter, Rates
from portfolio_app.app.ports.messages import StoredMessage
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.account.user import User


@dataclass(frozen=True, slots=True)
class Showcase:
    """The facts of a visitor: `session` is None while it lives in its cookie alone, `latest` their own last message.

    `waiting` counts everybody's held messages; `allowance` is what the visitor may still post.
    """

    user: User | None
    session: Session | None
    latest: StoredMessage | None
    waiting: int
    allowance: Allowance | None
    tally: PostTally


@dataclass(frozen=True, slots=True)
class ReadShowcase:
    """Read the facts in one transaction."""

    unit_of_work: UnitOfWork
    limiter: RateLimiter
    tally: PostTally

    async def __call__(self, caller: Caller) -> Showcase:
        """The facts as of now; `SessionEnded` for a revoked session."""
        allowance = await self.limiter.allowance(Rates.POST_SESSION, caller.session_id)

        def read(repositories: Repositories) -> Showcase:
            return Showcase(
                user=current_user(repositories, caller),
                session=repositories.sessions.get(caller.session_id),
                latest=repositories.messages.latest_of(caller.session_id),
                waiting=repositories.queue.length(),
                allowance=allowance,
                tally=self.tally,
            )

        return await self.unit_of_work.run(read)
