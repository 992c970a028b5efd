"""What two ask of one account at the same moment: it ends as if one had come after the other."""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import pytest

from portfolio_app.app.account import tickets
from portfolio_app.app.account.change_password import ChangePassword, ChangePasswordCommand
from portfolio_app.app.account.leave import LeaveAccount
from portfolio_app.app.account.letters import Letters
from portfolio_app.app.account.names import ChangeUsername, FollowNames
from portfolio_app.app.account.passkeys import Passkeys
from portfolio_app.app.account.passwords import NewPasswords, PasswordCheck
from portfolio_app.app.account.recover import MakeCodes, RecoverAccount, RecoverCommand
from portfolio_app.app.account.redeem import RedeemTicket
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import AppError
from portfolio_app.domain.account.passkey import MOST_PASSKEYS, Passkey
from portfolio_app.domain.account.recovery import CODES, RecoveryCode
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.account.user import Password
from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.chat.pieces import ReadPieces
from portfolio_app.domain.errors import DomainError
from portfolio_app.infra.db.passkeys import SqlPasskeys
from portfolio_app.infra.db.recovery import SqlRecovery
from portfolio_app.infra.db.sessions import SqlSessions
from portfolio_app.infra.db.users import SqlUsers
from tests.contract.conftest import Storage
from tests.fakes.hasher import FakeGuesses, FakeHasher
from tests.fakes.limiter import FakeLimiter
from tests.fakes.mail import FakeMail
from tests.fakes.passkeys import FakeCeremonies
from tests.fakes.samples import caller, user
from tests.fakes.sealer import FakeSealer

PASSWORD, NEW = "correct horse battery", "seven quiet herons"
TOGETHER_S = 0.2
"""For so long each transaction stops where it has read and not written: the others have read by then, too."""
BROWSERS = ("laptop", "phone", "tablet", "desk")


def pausing(monkeypatch: pytest.MonkeyPatch, kind: type, method: str) -> None:
    done = getattr(kind, method)

    def late(*args: Any, **kwargs: Any) -> Any:
        time.sleep(TOGETHER_S)  # in a thread of its own, while the others read
        return done(*args, **kwargs)

    monkeypatch.setattr(kind, method, late)


@dataclass
class Account:
    """A member who has typed the password in several browsers just now."""

    storage: Storage
    user_id: int
    browsers: list[Caller]
    code: RecoveryCode

    def __post_init__(self) -> None:
        run, bus, clock, limiter = (
            self.storage.unit_of_work,
            self.storage.bus,
            self.storage.clock,
            FakeLimiter(),
        )
        self.sealer, hasher = FakeSealer(clock), FakeHasher()
        new = NewPasswords(run, hasher, FakeGuesses())
        check = PasswordCheck(run, hasher, limiter, bus, clock)
        letters = Letters(run, FakeMail(), limiter, clock, "https://site.example")
        follow = FollowNames(run, bus, clock, ReadPieces(Hosts()))
        self.rename = ChangeUsername(run, limiter, bus, clock, follow)
        self.make_codes = MakeCodes(run, clock)
        self.passkeys = Passkeys(run, FakeCeremonies(), limiter, bus, self.sealer, clock)
        self.change_password = ChangePassword(run, check, new, bus, self.sealer, clock)
        self.leave = LeaveAccount(run, bus, clock)
        self.recover = RecoverAccount(run, new, limiter, bus, self.sealer, clock)
        self.redeem = RedeemTicket(run, bus, limiter, self.sealer, clock, letters)

    async def ends(self, how: str) -> None:
        """Have every session of the account end."""
        first = self.browsers[0]
        if how == "recover":
            await self.recover(caller("owner"), RecoverCommand("ann-1", self.code.shown, NEW))
        elif how == "leave":
            await self.leave(first, takes_messages=False)
        else:
            await self.change_password(first, ChangePasswordCommand(PASSWORD, NEW))

    async def sessions(self) -> set[str]:
        """Those that have not ended."""
        of_user = await self.storage.unit_of_work.run(lambda r: r.sessions.of_user(self.user_id))
        return {each.id for each in of_user}


@pytest.fixture
async def account(sql_storage: Storage) -> Account:
    run, now = sql_storage.unit_of_work.run, sql_storage.clock()
    ann, code = await run(lambda r: r.users.add(user(sql_storage.clock))), RecoveryCode.generate()
    salt = await run(lambda r: r.credentials.salt(ann.email))
    stored = await FakeHasher().hash(Password(PASSWORD), salt)
    await run(lambda r: r.credentials.put(ann.id, stored))
    await run(lambda r: r.recovery.replace(ann.id, [code.code_hash]))
    browsers = [caller(name) for name in BROWSERS]
    for browser in browsers:
        begun = Session.start(browser.session_id, now, ann.id)
        await run(lambda r, begun=begun: r.sessions.add(begun))
    return Account(sql_storage, ann.id, browsers, code)


async def at_once(*asked: Awaitable[object]) -> list[object]:
    answers = await asyncio.gather(*asked, return_exceptions=True)
    strange = [
        each
        for each in answers
        if isinstance(each, BaseException) and not isinstance(each, (AppError, DomainError))
    ]
    assert strange == []
    return list(answers)


async def test_recovery_codes_made_at_once_are_one_set(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    pausing(monkeypatch, SqlRecovery, "replace")

    made = await at_once(*map(account.make_codes, account.browsers))

    assert [type(each) for each in made] == [list] * len(BROWSERS)
    assert await account.storage.unit_of_work.run(lambda r: r.recovery.left(account.user_id)) == CODES


async def test_of_several_new_usernames_at_once_the_account_takes_one(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    pausing(monkeypatch, SqlUsers, "rename")

    taken = await at_once(*(account.rename(each, f"zoe-{n}") for n, each in enumerate(account.browsers)))
    await account.rename.names.aside.done()

    assert sum(not isinstance(each, Exception) for each in taken) == 1
    former = await account.storage.unit_of_work.run(lambda r: r.users.former_names(account.user_id))
    assert [str(each.name) for each in former] == ["ann-1"]


async def test_passkeys_added_at_once_are_no_more_than_an_account_may_have(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, now = account.storage.unit_of_work.run, account.storage.clock()
    for number in range(MOST_PASSKEYS - 1):
        had = Passkey(f"had-{number}", account.user_id, "key", b"", 0, now)
        await run(lambda r, had=had: r.passkeys.add(had))
    answers = [
        json.dumps([f"new-{n}", json.loads(await account.passkeys.begin_adding(each))[0], 0])
        for n, each in enumerate(account.browsers)
    ]
    pausing(monkeypatch, SqlPasskeys, "add")

    added = await at_once(
        *(
            account.passkeys.add(by, "key", answer)
            for by, answer in zip(account.browsers, answers, strict=True)
        )
    )

    assert added.count(None) == 1
    assert len(await run(lambda r: r.passkeys.of_user(account.user_id))) == MOST_PASSKEYS


@pytest.mark.parametrize("how", ["recover", "leave", "change"])
async def test_a_sign_in_under_way_while_all_sessions_end_leaves_none_behind(
    account: Account, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The ticket was given for the password of before. Its session is stored first and ends, or is not stored."""
    stored = await account.storage.unit_of_work.run(lambda r: r.credentials.get(account.user_id))
    thief, add = caller("thief"), SqlSessions.add
    ticket = tickets.issue(account.sealer, thief.session_id, account.user_id, stored or "")
    looked, over = threading.Event(), threading.Event()

    def late(sessions: SqlSessions, session: Session) -> None:
        looked.set()
        over.wait(2 * TOGETHER_S)
        add(sessions, session)

    monkeypatch.setattr(SqlSessions, "add", late)

    async def end() -> None:
        await asyncio.to_thread(looked.wait)
        try:
            await account.ends(how)
        finally:
            over.set()

    _, ended = await at_once(account.redeem(thief, ticket), end())

    assert ended is None
    kept = {account.browsers[0].session_id} if how == "change" else set()
    ann = await account.storage.unit_of_work.run(lambda r: r.users.get(account.user_id))
    came_back_after_leaving = how == "leave" and ann is not None and ann.gone_at is None
    assert await account.sessions() == kept or came_back_after_leaving
