"""Signing in and out, guessing, and what others hear of it."""

import asyncio
from collections import Counter

import pytest

from portfolio_app.app.account.own_sessions import ListSessions
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import (
    BadCredentials,
    RateLimited,
    SessionEnded,
)
from portfolio_app.app.events import AccountNews, SessionRevoked
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.security import SecurityEvent
from tests.fakes.samples import caller
from tests.unit.app.accounts import (
    AWAY,
    FIRST,
    GOOD,
    HOME,
    fail_to_recover_and_confirm,
    guess,
    signed_in,
)
from tests.unit.app.conftest import PASSWORD, Site


@pytest.mark.parametrize("login", ["ann-1", "ANN-1 ", "Ann@Example.ORG"])
async def test_a_member_signs_in_with_name_or_address(site: Site, login: str) -> None:
    await site.register(caller(), GOOD)

    member = await signed_in(site, login, PASSWORD, caller("new browser"))

    user = (await site.identify(member)).user
    assert user is not None
    assert str(user.username) == "ann-1"


@pytest.mark.parametrize(
    ("login", "password"),
    [("ann-1", "wrong password"), ("nobody", PASSWORD), ("no@body.org", PASSWORD), ("@", ""), ("", "x")],
)
async def test_every_failed_sign_in_reads_and_works_the_same(site: Site, login: str, password: str) -> None:
    await site.register(caller(), GOOD)

    with pytest.raises(BadCredentials, match=r"^Username, email or password is wrong\.$"):
        await site.sign_in(caller("thief"), SignInCommand(login, password))

    # An address is compared with its holder's password, and with those of all who have it otherwise.
    assert len(site.hasher.verified) == 1 + ("@body" in login)


async def test_guessing_a_name_has_one_allowance_however_it_is_typed(site: Site) -> None:
    await site.member()
    site.limiter.allowed[FIRST] = 3
    for login in ("ann-1", " ANN-1", "Ann-1"):
        await guess(site, login)

    for login in ("ann-1", "ANN-1 "):
        with pytest.raises(RateLimited):
            await site.sign_in(AWAY, SignInCommand(login, PASSWORD))

    assert len(site.hasher.verified) == 3


async def test_guesses_at_an_address_tell_nobody_whose_it_is(site: Site) -> None:
    """With one allowance for both, a name would be refused together with its address, and with no other."""
    await site.member()
    site.limiter.allowed[FIRST] = 3
    await guess(site, "ann-1@example.org", times=3)

    with pytest.raises(RateLimited):
        await site.sign_in(AWAY, SignInCommand("ANN-1@example.org", "guess"))
    await guess(site, "ann-1", times=3)


async def test_guesses_never_keep_out_the_owner_who_comes_from_elsewhere(site: Site) -> None:
    await site.register(caller(), GOOD)
    for rate in Rates.SIGN_IN_GUESSES:
        site.limiter.allowed[rate] = 3
    await guess(site, "ann-1", times=3)

    for login in ("ann-1", "ann@example.org") * 25:
        await site.sign_in(HOME, SignInCommand(login, PASSWORD))


async def test_a_name_of_nobody_is_slowed_down_like_an_account(site: Site) -> None:
    site.limiter.allowed[FIRST] = 2
    await guess(site, "nobody", times=2)

    with pytest.raises(RateLimited):
        await site.sign_in(AWAY, SignInCommand(" NOBODY", "guess"))


def test_each_wait_of_somebody_who_guesses_is_longer_than_the_one_before() -> None:
    ladder = [(rate.times, rate.seconds) for rate in Rates.SIGN_IN_GUESSES]
    assert ladder == sorted(set(ladder))
    waits = [seconds / times for times, seconds in ladder]
    assert waits == sorted(waits)


async def test_attempts_of_a_network_at_once_are_no_way_around_the_limit(site: Site) -> None:
    site.limiter.allowed[Rates.SIGN_IN_NETWORK] = 2
    tries = [site.sign_in(AWAY, SignInCommand(f"name-{number}", "guess")) for number in range(20)]

    outcomes = await asyncio.gather(*tries, return_exceptions=True)

    assert Counter(map(type, outcomes)) == {BadCredentials: 2, RateLimited: 18}


async def test_guessing_many_accounts_is_limited_by_network(site: Site) -> None:
    site.limiter.allowed[Rates.SIGN_IN_NETWORK] = 1
    await guess(site, "first")

    with pytest.raises(RateLimited):
        await site.sign_in(AWAY, SignInCommand("second", "guess"))


async def test_the_owner_hears_of_wrong_passwords_at_the_next_sign_in(site: Site) -> None:
    await site.member()
    await guess(site, "ann-1", times=2)
    await guess(site, "ann-1@example.org")
    await guess(site, "nobody")

    ticket = await site.sign_in(HOME, SignInCommand("ann-1", PASSWORD))
    arrived = await site.redeem(HOME, ticket)

    assert arrived.was_guessed_at
    owner = Caller(arrived.secret.session_id, HOME.network, "next")
    wrong = (await ListSessions(site.unit_of_work, site.clock)(owner)).wrong_passwords
    assert wrong is not None
    assert wrong.count == 3
    again = await site.redeem(owner, await site.sign_in(owner, SignInCommand("ann-1", PASSWORD)))
    assert not again.was_guessed_at


async def test_sessions_that_begin_are_limited_by_network_before_anything_is_stored(site: Site) -> None:
    site.limiter.allowed[Rates.SESSION_NETWORK] = 2
    visitor = caller()
    for _ in range(2):
        secret = (await site.redeem(visitor, await site.sign_out(visitor))).secret
        visitor = Caller(secret.session_id, visitor.network, "next")
    before = site.store.copy()

    with pytest.raises(RateLimited):
        await site.redeem(visitor, await site.sign_out(visitor))

    assert site.store == before


async def test_signing_in_replaces_a_hash_with_old_parameters(site: Site) -> None:
    await site.register(caller(), GOOD)
    before = site.store.credentials[1]
    site.hasher.version = 2

    await site.sign_in(caller(), SignInCommand("ann-1", PASSWORD))

    assert site.store.credentials[1] != before
    await site.sign_in(caller(), SignInCommand("ann-1", PASSWORD))


async def test_signing_in_rotates_the_session_and_ends_the_old_one(site: Site) -> None:
    visitor = caller()
    await site.post(by=visitor)
    await site.register(caller("elsewhere"), GOOD)

    member = await signed_in(site, "ann-1", PASSWORD, visitor)

    assert member.session_id != visitor.session_id
    assert SessionRevoked(visitor.session_id, replaced=True) in site.bus.events
    with pytest.raises(SessionEnded):
        await site.identify(visitor)


async def test_signing_out_leaves_a_guest(site: Site) -> None:
    member = await site.member()

    secret = (await site.redeem(member, await site.sign_out(member))).secret

    guest = Caller(secret.session_id, member.network, "next")
    assert (await site.identify(guest)).user is None
    with pytest.raises(SessionEnded):
        await site.identify(member)
    assert [line.event for line in site.store.security.values()] == [
        SecurityEvent.REGISTERED,
        SecurityEvent.SIGNED_IN,
        SecurityEvent.SIGNED_OUT,
    ]


async def test_an_untrusted_connection_is_a_guests_whoever_the_session_belongs_to(site: Site) -> None:
    member = await site.member()

    identity = await site.identify(Caller(member.session_id, member.network, "r", trusted=False))

    assert identity.user is None


async def test_a_sign_in_is_told_to_the_other_sessions_of_the_account(site: Site) -> None:
    first = await site.member()
    ticket = await site.sign_in(HOME, SignInCommand("ann-1", PASSWORD))
    await site.redeem(HOME, ticket, "Firefox on Linux")

    about = "Firefox on Linux, 192.0.2.0/24"
    told = [event for event in site.bus.events if isinstance(event, AccountNews)]
    assert told == [AccountNews((first.session_id,), SecurityEvent.SIGNED_IN, about)]


async def test_a_failed_try_is_told_to_the_sessions_of_the_account_and_one_of_nobody_to_nobody(
    site: Site,
) -> None:
    member = await site.member()
    await guess(site, "ann-1")
    await guess(site, "nobody")
    await fail_to_recover_and_confirm(site, member)
    await site.sign_in(HOME, SignInCommand("ann-1", PASSWORD))

    told = [event for event in site.bus.events if isinstance(event, AccountNews)]
    assert [(event.session_ids, event.event) for event in told] == [
        ((member.session_id,), SecurityEvent.SIGN_IN_FAILED),
        ((member.session_id,), SecurityEvent.RECOVERY_FAILED),
    ]


async def test_whoever_signs_in_hears_of_the_sign_in_before_if_it_came_from_elsewhere(site: Site) -> None:
    owner = await site.member()
    await signed_in(site, "ann-1", PASSWORD, AWAY)
    owner = await signed_in(site, "ann-1", PASSWORD, owner)

    found = (await site.identify(owner, arriving=True)).elsewhere
    assert found is not None
    assert found.network == "198.51.100.0/24"
    assert (await site.identify(owner)).elsewhere is None, "said on pages only"
    again = await signed_in(site, "ann-1", PASSWORD, owner)
    assert (await site.identify(again, arriving=True)).elsewhere is None, "the same place is no news"
