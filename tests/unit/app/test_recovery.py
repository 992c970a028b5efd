"""Recovery codes and reset links."""

import pytest

from portfolio_app.app.account.recover import LINK_LIFETIME, RecoverCommand
from portfolio_app.app.errors import (
    BadRecoveryCode,
    NotFound,
    RateLimited,
    SessionEnded,
)
from portfolio_app.app.events import SessionRevoked
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.accounts import AWAY, HOME, NEW, changed, codes_of, recovered, signed_in
from tests.unit.app.conftest import PASSWORD, Site


async def test_a_recovery_code_sets_another_password_once_and_ends_every_session(site: Site) -> None:
    member = await site.member()
    code, *others = await codes_of(site, member)

    owner = await recovered(site, code.lower().replace("-", " "))

    assert (await site.identify(owner)).user is not None
    with pytest.raises(SessionEnded):
        await site.identify(member)
    assert SessionRevoked(member.session_id) in site.bus.events
    await signed_in(site, "ann-1", NEW, caller("third browser"))
    with pytest.raises(BadRecoveryCode):
        await recovered(site, code, by=owner)
    await recovered(site, others[0], "Ann-1@example.org", by=owner)
    assert len(others) == 9
    assert code.replace("-", "") not in repr(site.store)


async def test_new_codes_replace_the_earlier_ones(site: Site) -> None:
    member = await site.member()
    [old, *_], [new, *_] = await codes_of(site, member), await codes_of(site, member)

    with pytest.raises(BadRecoveryCode):
        await recovered(site, old)
    await recovered(site, new)


async def test_a_code_of_one_member_opens_nobody_elses_account_and_no_code_reads_like_another(
    site: Site,
) -> None:
    [code, *_] = await codes_of(site, await site.member())
    await site.member("bob-1")
    said = set()
    for login, tried in (("bob-1", code), ("nobody", code), ("ann-1", "0000"), ("", ""), ("ann-1", "\ud800")):
        with pytest.raises(BadRecoveryCode) as refusal:
            await recovered(site, tried, login)
        said.add(str(refusal.value))

    assert len(said) == 1
    assert site.limiter.counted.total() >= 5


async def test_a_password_that_is_refused_costs_no_code(site: Site) -> None:
    [code, *_] = await codes_of(site, await site.member())
    for weak in ("short", "123456789012", "my name is ann-1"):
        with pytest.raises(InvalidValue) as refusal:
            await site.recover(HOME, RecoverCommand("ann-1", code, weak))
        assert refusal.value.field == "password"

    await recovered(site, code)


async def test_a_browser_whose_session_has_ended_uses_up_no_code(site: Site) -> None:
    member = await site.member()
    [code, *_] = await codes_of(site, member)
    ended = await signed_in(site, "ann-1", PASSWORD, HOME)
    await changed(site, member)
    with pytest.raises(SessionEnded):
        await recovered(site, code, by=ended)
    await recovered(site, code, by=AWAY)


async def test_guessing_codes_has_the_allowance_of_a_network(site: Site) -> None:
    [code, *_] = await codes_of(site, await site.member())
    site.limiter.allowed[Rates.SIGN_IN_NETWORK] = 1
    with pytest.raises(BadRecoveryCode):
        await recovered(site, "wrong", by=AWAY)

    with pytest.raises(RateLimited):
        await recovered(site, code, by=AWAY)


async def test_the_operators_link_works_once_within_an_hour_and_replaces_an_earlier_one(site: Site) -> None:
    await site.member()
    first, second = (await site.reset_link("Ann-1")).shown, (await site.reset_link("ann-1")).shown
    with pytest.raises(BadRecoveryCode):
        await recovered(site, first)
    await recovered(site, second)
    with pytest.raises(BadRecoveryCode):
        await recovered(site, second, by=AWAY)
    late = (await site.reset_link("ann-1")).shown
    site.clock.advance(seconds=LINK_LIFETIME.total_seconds())
    with pytest.raises(BadRecoveryCode):
        await recovered(site, late, by=AWAY)
    with pytest.raises(NotFound):
        await site.reset_link("nobody")


async def test_a_changed_password_ends_every_link_and_leaves_the_codes(site: Site) -> None:
    member = await site.member()
    [code, *_] = await codes_of(site, member)
    link = (await site.reset_link("ann-1")).shown
    await changed(site, member)

    with pytest.raises(BadRecoveryCode):
        await recovered(site, link)
    await site.identify(await recovered(site, code))


async def test_a_link_is_gone_once_a_code_was_used(site: Site) -> None:
    [code, *_] = await codes_of(site, await site.member())
    link = (await site.reset_link("ann-1")).shown
    await recovered(site, code)

    with pytest.raises(BadRecoveryCode):
        await recovered(site, link, by=AWAY)
