"""Another username or address."""

import pytest

from portfolio_app.app.errors import (
    AlreadyTaken,
    BadCredentials,
    NotAllowed,
    ProofNeeded,
    RateLimited,
)
from portfolio_app.app.events import AccountNews
from portfolio_app.app.ports.audit import Action
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.domain.account.user import Email
from portfolio_app.domain.errors import InvalidValue
from tests.unit.app.accounts import AWAY, HOME, lines_of, signed_in
from tests.unit.app.conftest import PASSWORD, Site


async def test_a_change_of_username_or_address_asks_for_the_password_after_ten_minutes(site: Site) -> None:
    member = await site.member()
    site.clock.advance(minutes=10)
    changes = ((site.change_username, "zoe"), (site.change_email, "new@example.org"))
    for change, to in changes:
        with pytest.raises(ProofNeeded):
            await change(member, to)
        with pytest.raises(NotAllowed):
            await change(AWAY, to)
    await site.prove(member, PASSWORD)
    assert str(await site.change_username(member, " Zoe ")) == "zoe"
    await site.change_email(member, "New@example.org")
    assert site.store.users[1].email == Email("new@example.org")


async def test_another_username_is_told_in_every_tab_and_is_a_line_for_its_owner_and_for_moderators(
    site: Site,
) -> None:
    member, moderator = await site.member(), await site.moderator()
    here = await signed_in(site, "ann-1", PASSWORD, HOME)
    site.bus.events.clear()
    await site.change_username(here, "zoe")
    told = [event for event in site.bus.events if isinstance(event, AccountNews)]
    assert [(set(event.session_ids), event.event, event.username) for event in told] == [
        ({member.session_id, here.session_id}, SecurityEvent.USERNAME_CHANGED, "zoe")
    ]
    line = lines_of(site, 1)[-1]
    assert (line.event, line.network, line.detail) == (
        SecurityEvent.USERNAME_CHANGED, "192.0.2.0/24", "ann-1 → zoe",
    )  # fmt: skip
    assert line.request_id
    trail = (await site.review_queue(moderator)).trail
    assert (trail[0].actor, trail[0].action, trail[0].subject) == ("zoe", Action.RENAMED, "ann-1")
    assert (await site.identify(member)).user == site.store.users[1], "sessions go on"
    with pytest.raises(BadCredentials):
        await signed_in(site, "ann-1", PASSWORD, AWAY)
    await signed_in(site, "zoe", PASSWORD, AWAY)


@pytest.mark.parametrize("name", ["ann-1", "bob-1", "admin", "m0d-1", "x", "owner-2"])
async def test_a_username_that_is_taken_or_misleads_is_refused_to_members_as_to_newcomers(
    site: Site, name: str
) -> None:
    member, _ = await site.member("bob-1"), await site.moderator()
    await site.member("ann-1")
    before = site.store.users.copy()
    with pytest.raises((InvalidValue, AlreadyTaken)):
        await site.change_username(member, name)
    assert site.store.users == before
    claimed = [user for user in before if lines_of(site, user)[-1].event is SecurityEvent.CLAIMED]
    assert claimed == ([3] if name == "ann-1" else []), "whoever has the name hears of it"


async def test_trying_names_and_addresses_is_limited_like_registering(site: Site) -> None:
    member = await site.member()
    await site.member("bob-1")
    site.limiter.allowed[Rates.REGISTER_NETWORK] = 2
    for change, to in ((site.change_username, "bob-1"), (site.change_email, "bob-1@example.org")):
        with pytest.raises(RateLimited):
            await change(member, to)


async def test_an_address_that_is_anothers_is_taken_like_any_other_and_its_holder_hears_of_it(
    site: Site,
) -> None:
    member, bob = await site.member(), await site.member("bob-1")
    for address in ("bob-1@example.org", "nobodys@example.org"):
        await site.change_email(member, address)
        await site.letters.aside.done()
        user = site.store.users[1]
        assert (str(user.email), user.holds_email) == (address, False)
        assert lines_of(site, 1)[-1].event is SecurityEvent.EMAIL_CHANGED
    assert [line.event for line in lines_of(site, 2)][-1] is SecurityEvent.CLAIMED
    with pytest.raises(InvalidValue):
        await site.change_email(bob, "bob-1@example.org")
    with pytest.raises(InvalidValue):
        await site.change_email(member, "no address")


async def test_another_address_is_told_in_the_other_tabs_and_is_a_line_without_the_address(
    site: Site,
) -> None:
    member = await site.member()
    here = await signed_in(site, "ann-1", PASSWORD, HOME)
    site.bus.events.clear()
    await site.change_email(here, "new@example.org", PASSWORD)
    assert site.bus.events == [AccountNews((member.session_id,), SecurityEvent.EMAIL_CHANGED, "192.0.2.0/24")]
    assert lines_of(site, 1)[-1].event is SecurityEvent.EMAIL_CHANGED
    assert "new@example.org" not in repr(site.store.security)
    await signed_in(site, "new@example.org", PASSWORD, AWAY)
    with pytest.raises(BadCredentials):
        await signed_in(site, "ann-1@example.org", PASSWORD, AWAY)
