"""Passkeys on fakes: whose they are, how long and how often a challenge is good, and what nobody is told."""

import json
from dataclasses import replace

import pytest

from portfolio_app.app.account.operate import DisableAccount
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadPasskey, NotAllowed, NotFound, ProofNeeded, RateLimited
from portfolio_app.app.events import AccountNews
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.security import FAILURES, SecurityEvent
from portfolio_app.domain.account.passkey import MOST_PASSKEYS, passkey_name
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.conftest import Site


def answer(options: str, passkey: str, count: int = 1) -> str:
    """What a device says to a challenge."""
    return json.dumps([passkey, json.loads(options)[0], count])


async def add(site: Site, member: Caller, passkey: str = "key", name: str = "phone") -> None:
    await site.passkeys.add(member, name, answer(await site.passkeys.begin_adding(member), passkey))


async def sign_in(site: Site, visitor: Caller, passkey: str = "key", count: int = 2) -> Caller:
    options = await site.passkeys.begin_signing_in(visitor)
    ticket = await site.passkeys.sign_in(visitor, answer(options, passkey, count))
    return replace(visitor, session_id=(await site.redeem(visitor, ticket)).secret.session_id)


async def test_a_passkey_signs_its_member_in_and_shows_when(site: Site) -> None:
    member = await site.member()
    await add(site, member)
    [before] = await site.passkeys.of(member)
    assert (before.name, before.used_at) == ("phone", None)

    there = await sign_in(site, caller("elsewhere"))

    user = (await site.identify(there)).user
    assert user is not None
    assert str(user.username) == "ann-1"
    [after] = await site.passkeys.of(member)
    assert (after.count, after.used_at is None) == (2, False)
    await site.passkeys.remove(there, after.handle)  # whoever signs in with one has proved it
    assert await site.passkeys.of(member) == []
    events = [line.event for line in site.store.security.values()]
    assert events[-3:] == [
        SecurityEvent.PASSKEY_ADDED,
        SecurityEvent.SIGNED_IN,
        SecurityEvent.PASSKEY_REMOVED,
    ]


async def test_adding_and_removing_ask_for_the_password_after_ten_minutes(site: Site) -> None:
    member = await site.member()
    await add(site, member)
    [mine] = await site.passkeys.of(member)
    options = await site.passkeys.begin_adding(member)
    site.clock.advance(minutes=11)

    for wanted in (
        site.passkeys.begin_adding(member),
        site.passkeys.remove(member, mine.handle),
    ):
        with pytest.raises(ProofNeeded):
            await wanted
    with pytest.raises(BadPasskey):  # its challenge has expired as well
        await site.passkeys.add(member, "x", answer(options, "other"))
    assert await site.passkeys.of(member) == [mine]


async def test_a_challenge_is_good_once_for_its_session_and_purpose_and_for_five_minutes(site: Site) -> None:
    member, guest = await site.member(), caller("guest")
    await add(site, member)
    options = await site.passkeys.begin_signing_in(guest)
    with pytest.raises(BadPasskey):
        await site.passkeys.sign_in(caller("thief"), answer(options, "key", 2))
    await site.passkeys.sign_in(guest, answer(options, "key", 2))
    with pytest.raises(BadPasskey):
        await site.passkeys.sign_in(guest, answer(options, "key", 3))

    options = await site.passkeys.begin_signing_in(member)
    with pytest.raises(BadPasskey):
        await site.passkeys.add(member, "x", answer(options, "other"))

    first, second = [await site.passkeys.begin_signing_in(guest) for _ in range(2)]
    with pytest.raises(BadPasskey):
        await site.passkeys.sign_in(guest, answer(first, "key", 3))
    with pytest.raises(BadPasskey):  # a wrong answer uses it up
        await site.passkeys.sign_in(guest, answer(second, "key", 3))

    options = await site.passkeys.begin_signing_in(guest)
    site.clock.advance(minutes=6)
    with pytest.raises(BadPasskey):
        await site.passkeys.sign_in(guest, answer(options, "key", 3))


async def test_a_passkey_confirms_what_asks_for_the_password_in_this_session_alone(site: Site) -> None:
    member = await site.member()
    await add(site, member)
    there = await sign_in(site, caller("elsewhere"))
    site.clock.advance(minutes=10)
    with pytest.raises(ProofNeeded):
        await site.make_codes(member)
    await site.passkeys.prove(member, answer(await site.passkeys.begin_proving(member), "key", 3))
    assert await site.make_codes(member)
    with pytest.raises(ProofNeeded):
        await site.make_codes(there)
    lines = [(line.event, line.detail) for line in site.store.security.values()]
    assert lines[-2] == (SecurityEvent.PROVED_BY_PASSKEY, "phone")


async def test_nothing_but_a_passkey_of_the_own_account_confirms_and_each_try_is_a_line(site: Site) -> None:
    member, other = await site.member(), await site.member("bob-1")
    await add(site, member)
    await add(site, other, "theirs")
    site.clock.advance(minutes=10)
    with pytest.raises(NotAllowed):
        await site.passkeys.begin_proving(caller("guest"))
    theirs = answer(await site.passkeys.begin_proving(member), "theirs", 2)
    with pytest.raises(BadPasskey):
        await site.passkeys.prove(member, theirs)
    copy = answer(await site.passkeys.begin_proving(member), "key", 1)  # its counter has not grown
    with pytest.raises(BadPasskey):
        await site.passkeys.prove(member, copy)
    to_sign_in = answer(await site.passkeys.begin_signing_in(member), "key", 3)
    with pytest.raises(BadPasskey):
        await site.passkeys.prove(member, to_sign_in)
    failed = [each.user_id for each in site.store.security.values() if each.event in FAILURES]
    assert failed == [1, 1]
    with pytest.raises(ProofNeeded):
        await site.make_codes(member)


async def test_every_failure_reads_the_same_and_is_a_line_of_whose_passkey_it_was(site: Site) -> None:
    member, guest = await site.member(), caller("guest")
    await add(site, member)
    for said in ("", "{}", "[]", '["key"]', "[1, 2, 3]"):
        await site.passkeys.begin_signing_in(guest)
        with pytest.raises(BadPasskey):
            await site.passkeys.sign_in(guest, said)
    for passkey, count in (("nobody's", 5), ("key", 1)):  # the second: a counter that does not grow is a copy
        options = await site.passkeys.begin_signing_in(guest)
        with pytest.raises(BadPasskey, match="not accepted here, or it took too long"):
            await site.passkeys.sign_in(guest, answer(options, passkey, count))
    await DisableAccount(site.unit_of_work, site.bus, site.clock)("ann-1", disabled=True)
    options = await site.passkeys.begin_signing_in(guest)
    with pytest.raises(BadPasskey, match="not accepted here, or it took too long"):
        await site.passkeys.sign_in(guest, answer(options, "key", 9))

    failed = [each for each in site.store.security.values() if each.event is SecurityEvent.SIGN_IN_FAILED]
    assert [line.user_id for line in failed][-2:] == [None, 1]
    told = [event for event in site.bus.events if isinstance(event, AccountNews)]
    assert told[-1].session_ids == (member.session_id,)


async def test_options_to_sign_in_say_nothing_of_any_account(site: Site) -> None:
    member = await site.member()
    await add(site, member)
    assert json.loads(await site.passkeys.begin_signing_in(caller("guest"))) == ["challenge-2"]
    assert json.loads(await site.passkeys.begin_adding(member))[2] == ["key"], (
        "the own device is not asked twice"
    )


async def test_passkeys_are_as_many_as_allowed_and_nobody_elses(site: Site) -> None:
    member, other = await site.member(), await site.member("bob-1")
    await add(site, member)
    [mine] = await site.passkeys.of(member)
    with pytest.raises(NotFound):
        await site.passkeys.remove(other, mine.handle)
    with pytest.raises(BadPasskey):
        await add(site, other)
    for wanted in (site.passkeys.begin_adding(caller("guest")), site.passkeys.of(caller("guest"))):
        with pytest.raises(NotAllowed):
            await wanted
    for number in range(MOST_PASSKEYS - 1):
        await add(site, member, f"key-{number}")
    with pytest.raises(InvalidValue, match="at most 10 passkeys"):
        await site.passkeys.begin_adding(member)
    site.limiter.allowed[Rates.PASSKEY_NETWORK] = 0
    for wanted in (site.passkeys.begin_signing_in(other), site.passkeys.sign_in(other, "x")):
        with pytest.raises(RateLimited):
            await wanted


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  My phone ", "My phone"),
        ("", "Passkey"),
        ("\u202e\u200b\n", "Passkey"),
        ("x" * 99, "x" * 40),
        ("a\nb", "a b"),
    ],
)
def test_a_passkey_has_a_name_that_can_be_read(typed: str, shown: str) -> None:
    assert passkey_name(typed) == shown
