"""Registering, and who one is then."""

import asyncio

import pytest

from portfolio_app.app.account.introduce import IntroduceSite
from portfolio_app.app.account.names import NAME_KEPT
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import (
    AlreadyTaken,
    NotFound,
    RateLimited,
)
from portfolio_app.app.ports.audit import Action
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.domain.account.session import visitor_tag
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.accounts import AWAY, GOOD, lines_of
from tests.unit.app.conftest import PASSWORD, Site


async def test_a_visitor_without_a_session_row_is_a_guest_with_a_tag(site: Site) -> None:
    identity = await site.identify(caller())

    assert (identity.user, identity.tag) == (None, visitor_tag(caller().session_id))


async def test_registering_signs_in_as_a_member(site: Site) -> None:
    member = await site.member()

    user = (await site.identify(member)).user
    assert user is not None
    assert (str(user.username), str(user.email), user.role) == ("ann-1", "ann-1@example.org", Role.MEMBER)


async def test_the_password_is_stored_hashed_apart_from_the_user(site: Site) -> None:
    await site.register(caller(), GOOD)

    assert PASSWORD not in repr(site.store)
    assert list(site.store.credentials) == [1]


async def test_the_site_is_introduced_where_nothing_has_happened_and_once(site: Site) -> None:
    introduce = IntroduceSite(site.unit_of_work, site.clock)
    first, second = await asyncio.gather(introduce(), introduce())

    assert (first is None) != (second is None), "of two that start at once, one"
    secret = first or second
    assert secret is not None
    identity = await site.identify(Caller(secret.session_id, "127.0.0.1", "first"))
    assert identity.user is not None
    assert (str(identity.user.username), identity.user.is_site) == ("system", True)
    assert site.store.credentials == {}, "nobody signs in to it"
    assert await introduce() is None
    with pytest.raises(InvalidValue):
        await site.register(caller(), RegisterCommand("a@example.org", "system", PASSWORD))


async def test_the_site_is_not_introduced_where_somebody_has_posted(site: Site) -> None:
    await site.post("hello")

    assert await IntroduceSite(site.unit_of_work, site.clock)() is None
    assert site.store.users == {}


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (RegisterCommand("no address", "ann-1", PASSWORD), "email"),
        (RegisterCommand("ann@example.org", "a", PASSWORD), "username"),
        (RegisterCommand("ann@example.org", "demo", PASSWORD), "username"),
        (RegisterCommand("ann@example.org", "ann-1", "short"), "password"),
    ],
)
async def test_a_wrong_value_is_named_and_costs_no_attempt(
    site: Site, command: RegisterCommand, field: str
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        await site.register(caller(), command)

    assert refusal.value.field == field
    assert site.limiter.counted.total() == 0
    assert site.store.users == {}


@pytest.mark.parametrize("email", ["other@example.org", "ANN@example.org"])
async def test_a_name_in_use_is_refused_whatever_the_address(site: Site, email: str) -> None:
    await site.register(caller(), GOOD)

    with pytest.raises(AlreadyTaken, match="That username is already in use"):
        await site.register(caller("bob"), RegisterCommand(email, "ANN-1", PASSWORD))

    assert len(site.store.users) == 1
    assert lines_of(site, 1)[-1].event is SecurityEvent.CLAIMED, "its owner reads of it"


async def test_registering_is_limited_by_address_before_anything_is_hashed(site: Site) -> None:
    site.limiter.allowed[Rates.REGISTER_NETWORK] = 0

    with pytest.raises(RateLimited):
        await site.register(caller(), GOOD)

    assert site.store.users == {}


@pytest.mark.parametrize("password", ["123456789012", "ann-1-ann-1-ann", "my portfolio", "hello there ann"])
async def test_a_password_that_is_guessed_first_is_refused(site: Site, password: str) -> None:
    with pytest.raises(InvalidValue, match="first passwords somebody would guess") as refusal:
        await site.register(caller(), RegisterCommand("Ann@Example.org", "Ann-1", password))

    assert refusal.value.field == "password"
    assert site.store.users == {}


async def test_a_role_changes_on_record_and_at_once(site: Site) -> None:
    member = await site.member()

    await site.set_role(" ANN-1", Role.MODERATOR)

    user = (await site.identify(member)).user
    assert user is not None
    assert user.is_moderator
    entry = list(site.store.audit.values())[-1]
    assert (entry.actor, entry.action, entry.subject) == ("operator", Action.PROMOTED, "ann-1")


async def test_the_role_of_nobody_can_not_change(site: Site) -> None:
    with pytest.raises(NotFound):
        await site.set_role("nobody", Role.MODERATOR)

    assert site.store.audit == {}


async def test_a_name_that_reads_like_a_moderators_is_refused_and_rooms_say_who_they_are(site: Site) -> None:
    await site.member("lin-ada", Role.MODERATOR)
    await site.member("bob-1")
    for imitation in ("1in-ada", "lin_ada", "l1n-4da"):
        with pytest.raises(InvalidValue, match="could be taken for a moderator's") as refused:
            await site.member(imitation)
        assert refused.value.field == "username"
    await site.set_role("bob-1", Role.OWNER)
    staff = (await site.open_room(caller(), "lobby")).staff
    assert [(str(user.username), user.role) for user in staff] == [
        ("bob-1", Role.OWNER),
        ("lin-ada", Role.MODERATOR),
    ]


async def test_nobody_registers_with_a_name_that_was_given_up_lately(site: Site) -> None:
    await site.change_username(await site.member(), "zoe")
    command = RegisterCommand("thief@example.org", "ann-1", PASSWORD)
    with pytest.raises(AlreadyTaken):
        await site.register(AWAY, command)
    assert lines_of(site, 1)[-1].event is SecurityEvent.CLAIMED
    site.clock.advance(seconds=NAME_KEPT.total_seconds())
    assert await site.register(AWAY, command)
