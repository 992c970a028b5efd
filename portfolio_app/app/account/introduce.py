"""The site as a visitor of its own, once: on a database in which nothing has happened."""

from dataclasses import dataclass

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.session import Session, SessionSecret
from portfolio_app.domain.account.user import SITE_EMAIL, SITE_NAME, Role, User


@dataclass(frozen=True, slots=True)
class IntroduceSite:
    """Make the site's own account and a session of it; nobody can sign in to it, for it has no password."""

    unit_of_work: UnitOfWork
    clock: Clock

    async def __call__(self) -> SessionSecret | None:
        """The session's secret; None where there is a message, a run, or this account, of whoever starts first."""
        secret = SessionSecret.generate()

        def store(repositories: Repositories) -> None:
            now = self.clock()
            user = repositories.users.add(User(0, SITE_NAME, SITE_EMAIL, Role.MEMBER, now))
            repositories.sessions.add(Session.start(secret.session_id, now, user.id))

        try:
            if await self.unit_of_work.run(_is_used):
                return None
            await self.unit_of_work.run(store)
        except AlreadyTaken:
            return None
        return secret


def _is_used(repositories: Repositories) -> bool:
    spoken = any(room.revision for room in repositories.rooms.all())
    return (
        spoken or bool(repositories.runs.recent(1)) or repositories.users.by_username(SITE_NAME) is not None
    )
