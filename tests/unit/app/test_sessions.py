"""How long sessions last, and who ends them."""

import pytest

from portfolio_app.app.account.identify import SEEN_EVERY
from portfolio_app.app.account.operate import DisableAccount, EndSessions
from portfolio_app.app.account.own_sessions import ListSessions
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.errors import (
    BadCredentials,
    BadRecoveryCode,
    SessionEnded,
    TicketRefused,
)
from portfolio_app.app.events import SessionRevoked
from tests.fakes.samples import caller
from tests.unit.app.accounts import HOME, codes_of, lines_of, recovered, signed_in
from tests.unit.app.conftest import PASSWORD, Site


async def test_an_expired_session_has_ended(site: Site) -> None:
    member = await site.member()
    site.clock.advance(days=31)

    with pytest.raises(SessionEnded):
        await site.identify(member)


async def test_a_session_that_is_visited_goes_on_and_ends_at_its_longest(site: Site) -> None:
    member = await site.member()
    for _ in range(6):
        site.clock.advance(days=13)
        assert (await site.identify(member)).user is not None
    site.clock.advance(days=12)

    with pytest.raises(SessionEnded):
        await site.identify(member)


async def test_a_visit_is_written_once_an_hour(site: Site) -> None:
    member = await site.member()
    began = site.store.sessions[member.session_id].seen_at
    assert began is not None
    site.clock.advance(minutes=59)
    await site.identify(member)
    assert site.store.sessions[member.session_id].seen_at == began

    site.clock.advance(minutes=1)
    await site.identify(member)
    seen = site.store.sessions[member.session_id].seen_at
    assert seen is not None
    assert seen - began >= SEEN_EVERY


async def test_a_disabled_account_is_open_to_nobody_in_the_same_words(site: Site) -> None:
    member = await site.member()
    [code, *_] = await codes_of(site, member)
    ticket = await site.sign_in(HOME, SignInCommand("ann-1", PASSWORD))
    disable = DisableAccount(site.unit_of_work, site.bus, site.clock)

    await disable("ann-1", disabled=True)

    with pytest.raises(SessionEnded):
        await site.identify(member)
    with pytest.raises(BadCredentials):
        await site.sign_in(HOME, SignInCommand("ann-1", PASSWORD))
    with pytest.raises(BadRecoveryCode):
        await recovered(site, code)
    with pytest.raises(TicketRefused):
        await site.redeem(HOME, ticket)

    await disable("ann-1", disabled=False)
    await signed_in(site, "ann-1", PASSWORD, HOME)


async def test_the_operator_ends_every_session_of_a_member(site: Site) -> None:
    members = [await site.member(), await signed_in(site, "ann-1", PASSWORD, caller("elsewhere"))]

    assert await EndSessions(site.unit_of_work, site.bus, site.clock)(None, "ann-1") == 2

    for member in members:
        with pytest.raises(SessionEnded):
            await site.identify(member)
        assert SessionRevoked(member.session_id) in site.bus.events
    assert lines_of(site, 1)[-1].about == "operator"


async def test_sessions_are_listed_once_it_is_proved_who_asks(site: Site) -> None:
    member = await site.member()
    listing = ListSessions(site.unit_of_work, site.clock)
    assert [each.id for each in (await listing(member)).sessions] == [member.session_id]
    site.clock.advance(minutes=10)
    found = await listing(member)
    assert (found.sessions, found.proved) == ([], False)
    await site.prove(member, PASSWORD)
    assert len((await listing(member)).sessions) == 1
