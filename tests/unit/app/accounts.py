"""What tests of accounts do again and again: signing in, guessing, changing the password, recovering."""

from dataclasses import replace

import pytest

from portfolio_app.app.account.change_password import ChangePasswordCommand
from portfolio_app.app.account.recover import RecoverCommand
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadCredentials, BadRecoveryCode
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.security import SecurityLine
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.conftest import PASSWORD, Site

FIRST = Rates.SIGN_IN_GUESSES[0]
HOME, AWAY = replace(caller("owner"), network="192.0.2.1"), replace(caller("thief"), network="198.51.100.1")
NEW = "seven quiet herons"
GOOD = RegisterCommand("Ann@Example.org", " Ann-1 ", PASSWORD)


async def signed_in(site: Site, login: str, password: str, visitor: Caller) -> Caller:
    ticket = await site.sign_in(visitor, SignInCommand(login, password))
    return Caller((await site.redeem(visitor, ticket)).secret.session_id, visitor.network, "next")


async def guess(site: Site, login: str, by: Caller = AWAY, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(BadCredentials):
            await site.sign_in(by, SignInCommand(login, "guess"))


async def fail_to_recover_and_confirm(site: Site, member: Caller) -> None:
    """A code that is none, and a wrong password in the member's own session."""
    with pytest.raises(BadRecoveryCode):
        await site.recover(AWAY, RecoverCommand("ann-1", "0000-0000-0000-0000", NEW))
    with pytest.raises(InvalidValue):
        await site.prove(member, "guess")


async def changed(site: Site, member: Caller, **asked: bool) -> Caller:
    """Change the password of `member`, and follow its ticket."""
    ticket = await site.change_password(member, ChangePasswordCommand(PASSWORD, NEW, **asked))
    return Caller((await site.redeem(member, ticket)).secret.session_id, member.network, "next")


async def codes_of(site: Site, member: Caller) -> list[str]:
    return [code.shown for code in await site.make_codes(member)]


async def recovered(site: Site, code: str, login: str = "ann-1", by: Caller = HOME) -> Caller:
    """Get in with a code, and follow the ticket."""
    ticket = await site.recover(by, RecoverCommand(login, code, NEW))
    return Caller((await site.redeem(by, ticket)).secret.session_id, by.network, "next")


def lines_of(site: Site, user_id: int | None) -> list[SecurityLine]:
    return [line for line in site.store.security.values() if line.user_id == user_id]
