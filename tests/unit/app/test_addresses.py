"""Addresses that several accounts have: who has one learns nothing of who else does, and the mailbox decides."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portfolio_app.app.account.confirm_email import GiveEmail
from portfolio_app.app.account.letters import CONFIRM_WITHIN
from portfolio_app.app.account.recover import RecoverCommand
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadCredentials, BadRecoveryCode, NotAllowed, NotFound, RateLimited
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.domain.account.user import User
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.accounts import AWAY, HOME, NEW, changed, guess, lines_of, recovered, signed_in
from tests.unit.app.conftest import PASSWORD, Site

ADDRESS, OWN = "ann-1@example.org", "quite another password"
HELD_OR_NOT = pytest.mark.parametrize("of", ["a holder", "somebody else", "nobody"])


async def stranger(site: Site, name: str = "eve-1", password: str = OWN) -> Caller:
    """Register with the address, also if another account has it, and sign in."""
    visitor = caller(name)
    ticket = await site.register(visitor, RegisterCommand(ADDRESS, name, password))
    await site.letters.aside.done()
    return Caller((await site.redeem(visitor, ticket)).secret.session_id, visitor.network, "next")


async def prepared(site: Site, of: str) -> None:
    """Let the address be held, had, or neither."""
    await site.member("ann-1" if of != "nobody" else "zoe-1")
    if of == "somebody else":
        site.store.users[1] = replace(site.store.users[1], holds_email=False)


def named(site: Site, name: str) -> User:
    return next(user for user in site.store.users.values() if str(user.username) == name)


def code_in(site: Site, name: str = "eve-1") -> str:
    """The code of the last letter."""
    return site.mail.letters[-1].text.partition(f"https://site.example/details#{name}.")[2].split()[0]


@HELD_OR_NOT
async def test_who_registers_with_an_address_learns_nothing_of_who_has_it(site: Site, of: str) -> None:
    """Not by registering, not by what the new account may do, and not by what stands in its log."""
    await prepared(site, of)
    eve = await stranger(site)
    user = named(site, "eve-1")
    assert (str(user.email), user.holds_email) == (ADDRESS, False)
    assert [line.event for line in lines_of(site, user.id)] == [
        SecurityEvent.REGISTERED,
        SecurityEvent.SIGNED_IN,
    ]

    away = await signed_in(site, ADDRESS, OWN, AWAY)
    found = (await site.identify(away)).user
    assert found is not None
    assert str(found.username) == "eve-1", "the password opens the own account"
    await guess(site, ADDRESS)
    await site.check.recording.done()
    assert not (await site.redeem(eve, await site.sign_in(eve, SignInCommand("eve-1", OWN)))).was_guessed_at

    before = len(lines_of(site, user.id))
    for login in ("eve-1", ADDRESS):
        await site.send_reset_link(AWAY, login)
    await site.letters.aside.done()
    asked = [line.event for line in lines_of(site, user.id)[before:]]
    assert asked.count(SecurityEvent.RESET_LINK_ASKED) >= 1
    assert {SecurityEvent.RESET_LINK_ASKED} == set(asked)


@HELD_OR_NOT
async def test_a_password_opens_its_account_by_the_address_however_many_have_it(site: Site, of: str) -> None:
    await prepared(site, of)
    names = [f"name-{number}" for number in range(7)]
    for name in names:
        await stranger(site, name, f"the very own one of {name[-1]}")
    for name in names:
        browser = replace(AWAY, session_id=caller(f"browser of {name}").session_id)
        found = (
            await site.identify(await signed_in(site, ADDRESS, f"the very own one of {name[-1]}", browser))
        ).user
        assert found is not None
        assert str(found.username) == name
    if of != "nobody":
        found = (await site.identify(await signed_in(site, ADDRESS, PASSWORD, HOME))).user
        assert found is not None
        assert str(found.username) == "ann-1", "its owner is not kept out"


@HELD_OR_NOT
@pytest.mark.parametrize("password", [OWN, "wrong"])
async def test_a_try_by_an_address_costs_two_hashes_whoever_has_it(
    site: Site, of: str, password: str
) -> None:
    await prepared(site, of)
    if password == OWN:
        await stranger(site)
    site.hasher.verified.clear()
    if password == OWN:
        await site.sign_in(AWAY, SignInCommand(ADDRESS, password))
    else:
        await guess(site, ADDRESS)
    assert len(site.hasher.verified) == 2


async def test_a_failed_try_by_an_address_is_told_to_its_holder_and_to_nobody_else(site: Site) -> None:
    await site.member()
    eve = await stranger(site)
    await guess(site, ADDRESS, times=2)
    await site.check.recording.done()
    assert lines_of(site, 1)[-1].event is SecurityEvent.SIGN_IN_FAILED
    assert SecurityEvent.SIGN_IN_FAILED not in {line.event for line in lines_of(site, 2)}
    assert list(site.store.wrong_passwords) == [1]
    await guess(site, "eve-1")
    await site.check.recording.done()
    assert lines_of(site, 2)[-1].event is SecurityEvent.SIGN_IN_FAILED, "by the name they are"
    assert (await site.identify(eve)).user is not None


async def test_the_own_password_is_no_way_to_guess_at_the_other_account(site: Site) -> None:
    """Who changes the own password to each guess has no wrong one: sign-ins by an address not held are counted, too."""
    await site.member()
    await stranger(site)
    site.limiter.allowed[Rates.SIGN_IN_UNCONFIRMED] = 3
    for _ in range(3):
        await site.sign_in(AWAY, SignInCommand(ADDRESS, OWN))
    with pytest.raises(RateLimited):
        await site.sign_in(AWAY, SignInCommand(f" {ADDRESS.upper()}", OWN))
    for _ in range(9):
        await site.sign_in(HOME, SignInCommand(ADDRESS, PASSWORD))
        await site.sign_in(AWAY, SignInCommand("eve-1", OWN))


async def test_the_code_of_the_letter_makes_its_account_the_holder_once(site: Site) -> None:
    eve = await stranger(site)
    letter, code = site.mail.letters[-1], code_in(site)
    assert (str(letter.to), letter.subject) == (ADDRESS, "Confirm your address at site.example")
    assert code not in repr(site.store), "only its hash is stored"
    with pytest.raises(BadRecoveryCode):
        await site.recover(AWAY, RecoverCommand("eve-1", code, NEW))
    with pytest.raises(NotAllowed):
        await site.confirm_email(AWAY, code)
    other = await stranger(site, "mallory")
    with pytest.raises(InvalidValue, match="not, or no longer, good"):
        await site.confirm_email(other, code)

    await site.confirm_email(eve, f" {code.lower()} ")
    assert named(site, "eve-1").holds_email
    assert lines_of(site, 1)[-1].event is SecurityEvent.EMAIL_CONFIRMED
    with pytest.raises(InvalidValue):
        await site.confirm_email(eve, code)
    with pytest.raises(InvalidValue):  # it had one, too, from before
        await site.confirm_email(other, code_in(site, "mallory"))
    assert not named(site, "mallory").holds_email


async def test_a_code_ends_after_a_day_and_with_another_address_and_opens_nothing_by_guessing(
    site: Site,
) -> None:
    eve = await stranger(site)
    first = code_in(site)
    await site.change_email(eve, "eve@example.org")
    await site.letters.aside.done()
    second = code_in(site)
    site.limiter.allowed[Rates.SIGN_IN_NETWORK] = 2
    for code in (first, ""):
        with pytest.raises(InvalidValue):
            await site.confirm_email(eve, code)
    with pytest.raises(RateLimited):
        await site.confirm_email(eve, second)
    site.limiter.allowed.clear()
    site.clock.advance(seconds=CONFIRM_WITHIN.total_seconds())
    with pytest.raises(InvalidValue):
        await site.confirm_email(eve, second)
    await site.confirm_email.ask(eve)
    await site.letters.aside.done()
    await site.confirm_email(eve, code_in(site))
    assert named(site, "eve-1").holds_email


async def test_who_asks_for_the_letter_of_a_held_address_hears_the_same_and_its_holder_a_note(
    site: Site,
) -> None:
    await site.member()
    eve = await stranger(site)
    [note] = site.mail.letters
    assert (str(note.to), note.subject) == (ADDRESS, "You have an account at site.example")
    assert "“ann-1”" in note.text
    assert "eve" not in note.text
    assert "#" not in note.text
    site.mail.letters.clear()
    site.clock.advance(days=2)
    await site.confirm_email.ask(eve)
    for name in ("eve-1", "ann-1", ADDRESS):
        await site.send_reset_link(AWAY, name)
    await site.letters.aside.done()
    assert ["“ann-1”" in letter.text for letter in site.mail.letters] == [True] * 3, "none is eve's"
    assert {str(letter.to) for letter in site.mail.letters} == {ADDRESS}


async def test_a_letter_can_be_had_again_so_often_and_where_there_is_mail(site: Site) -> None:
    eve = await stranger(site)
    site.limiter.allowed[Rates.MAIL_UNCONFIRMED] = 2
    for number in range(4):
        await stranger(site, f"other-{number}")
    assert len(site.mail.letters) == 2, "an address that nobody holds gets so many, for however many accounts"
    site.limiter.allowed[Rates.RESET_NETWORK] = 0
    with pytest.raises(RateLimited):
        await site.confirm_email.ask(eve)
    site.mail.is_set = False
    with pytest.raises(NotFound, match="Ask whoever runs it"):
        await site.confirm_email.ask(eve)


async def test_the_operator_gives_an_address_to_an_account_and_takes_it_from_another(site: Site) -> None:
    await site.member()
    await stranger(site)
    await GiveEmail(site.unit_of_work, site.clock)("eve-1")
    assert [user.holds_email for user in site.store.users.values()] == [False, True]
    assert [lines_of(site, number)[-1].event for number in (1, 2)] == [
        SecurityEvent.EMAIL_RELEASED,
        SecurityEvent.EMAIL_CONFIRMED,
    ]
    assert str(list(site.store.audit.values())[-1].action) == "account.email_confirmed"
    await signed_in(site, ADDRESS, PASSWORD, HOME)
    with pytest.raises(NotFound):
        await GiveEmail(site.unit_of_work, site.clock)("nobody")


async def test_an_address_opens_the_account_at_once_with_the_password_else_from_the_next_sign_in_on(
    site: Site,
) -> None:
    member, second = await site.member(), "second@example.org"
    await site.change_email(member, second)
    with pytest.raises(BadCredentials):
        await site.sign_in(HOME, SignInCommand(second, PASSWORD))
    await site.sign_in(HOME, SignInCommand("ann-1", PASSWORD))
    await site.sign_in(HOME, SignInCommand(second, PASSWORD))
    await site.change_email(member, "third@example.org", PASSWORD)
    await site.sign_in(HOME, SignInCommand("third@example.org", PASSWORD))
    for former in (ADDRESS, second):
        with pytest.raises(BadCredentials):
            await site.sign_in(HOME, SignInCommand(former, PASSWORD))


async def test_another_password_and_a_code_keep_the_way_by_the_address(site: Site) -> None:
    await site.member()
    eve = await changed(site, await stranger(site, password=PASSWORD))
    await site.sign_in(HOME, SignInCommand(ADDRESS, NEW))
    [code, *_] = await site.make_codes(eve)
    site.clock.advance(seconds=timedelta(minutes=1).total_seconds())
    await recovered(site, code.shown, ADDRESS)
    found = (await site.identify(await signed_in(site, ADDRESS, NEW, AWAY))).user
    assert found is not None
    assert str(found.username) == "eve-1", "a code is its account's, whoever else has the address"
