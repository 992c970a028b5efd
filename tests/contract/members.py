"""Members with a session, who react, leave and are purged."""

from dataclasses import dataclass

import pytest

from portfolio_app.app.account import leave
from portfolio_app.app.account.leave import LeaveAccount, PurgeAccounts
from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.account.user import User
from portfolio_app.domain.chat.message import Message, member_key
from portfolio_app.domain.chat.reactions import Sign
from tests.contract.conftest import Storage
from tests.fakes.samples import LOBBY, caller, session_id, user


@dataclass
class Member:
    """An account with a session, called `name` as in `samples.caller`."""

    user: User
    caller: Caller


async def member(storage: Storage, name: str) -> Member:
    """Stored, with a password, a code of recovery and a session."""

    def store(repositories: Repositories) -> User:
        stored = repositories.users.add(user(storage.clock, f"{name}-1"))
        repositories.credentials.put(stored.id, "hash")
        repositories.recovery.replace(stored.id, [f"code of {name}"])
        repositories.sessions.add(
            Session.start(session_id(name), storage.clock(), stored.id, device="Firefox")
        )
        return stored

    return Member(await storage.unit_of_work.run(store), caller(name))


async def left(storage: Storage, who: Member, *, takes_messages: bool) -> None:
    """Have them leave, and let the time pass in which they could come back."""
    going = LeaveAccount(storage.unit_of_work, storage.bus, storage.clock)
    await going(who.caller, takes_messages=takes_messages)
    storage.clock.advance(days=7, minutes=2)


async def purged(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> int:
    """Purge whom it is time for, a few rows at once; how many accounts there were."""
    for bound in ("ERASED_AT_ONCE", "FORGOTTEN_AT_ONCE", "LOOKED_THROUGH_AT_ONCE"):
        monkeypatch.setattr(leave, bound, 2)
    return await PurgeAccounts(storage.unit_of_work, storage.bus, storage.clock)()


async def react(storage: Storage, by: Member, to: Message, *signs: Sign) -> None:
    """Give these signs to a message of the lobby."""

    def work(repositories: Repositories) -> None:
        message = repositories.messages.lock(to.id)
        assert message is not None
        for sign in signs:
            repositories.messages.react(to.id, member_key(by.user.id), sign, given=True)
            message = message.react(sign, 1, repositories.rooms.next_revision(LOBBY))
        repositories.messages.save(message)

    await storage.unit_of_work.run(work)
