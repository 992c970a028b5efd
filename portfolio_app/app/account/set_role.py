"""The operator grants or takes the moderator role."""

from dataclasses import dataclass

from portfolio_app.app.account.record import OPERATOR, record_operator
from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import Role, Username

_PROMOTED = Action.PROMOTED, SecurityEvent.PROMOTED
_ACTIONS = {
    Role.OWNER: _PROMOTED,
    Role.MODERATOR: _PROMOTED,
    Role.MEMBER: (Action.DEMOTED, SecurityEvent.DEMOTED),
}


@dataclass(frozen=True, slots=True)
class SetRole:
    """Change a user's role, and record it."""

    unit_of_work: UnitOfWork
    clock: Clock

    async def __call__(self, username: str, role: Role) -> None:
        """Takes effect with the user's next action; `NotFound` for an unknown name."""
        name = Username.parse(username)

        def change(repositories: Repositories) -> None:
            user = repositories.users.by_username(name)
            if user is None:
                raise NotFound(f"There is no user called {name}.")
            repositories.users.set_role(user.id, role)
            action, event = _ACTIONS[role]
            repositories.audit.add(AuditEntry(self.clock(), OPERATOR, action, str(name), ""))
            record_operator(repositories, self.clock(), event, user.id)

        await self.unit_of_work.run(change)
