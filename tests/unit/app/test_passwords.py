"""Another password, and what asks for the one there is."""

import asyncio

import pytest

from portfolio_app.app.account.change_password import ChangePasswordCommand
from portfolio_app.app.account.elevate import PROVED_FOR
from portfolio_app.app.account.own_sessions import RevokeOthers, RevokeSession
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.errors import (
    BadCredentials,
    NotAllowed,
    ProofNeeded,
    RateLimited,
    SessionEnded,
    TicketRefused,
)
from portfolio_app.app.events import SessionRevoked
from portfolio_app.app.ports.hasher import Verification
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.domain.account.session import session_handle
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.accounts import AWAY, FIRST, HOME, NEW, changed, signed_in
from tests.unit.app.conftest import PASSWORD, Site


async def test_a_changed_password_opens_the_account_and_the_old_one_does_not(site: Site) -> None:
    member = await changed(site, await site.member())

    assert (await site.identify(member)).user is not None
    await signed_in(site, "ann-1", NEW, HOME)
    with pytest.raises(BadCredentials):
        await site.sign_in(HOME, SignInCommand("ann-1", PASSWORD))
    assert SecurityEvent.PASSWORD_CHANGED in [line.event for line in site.store.security.values()]


@pytest.mark.parametrize("end_others", [True, False])
async def test_a_changed_password_ends_the_other_sessions_if_wanted_and_rotates_the_own(
    site: Site, end_others: bool
) -> None:
    before = await site.member()
    other = await signed_in(site, "ann-1", PASSWORD, caller("elsewhere"))

    await changed(site, before, end_others=end_others)

    with pytest.raises(SessionEnded):
        await site.identify(before)
    assert (SessionRevoked(other.session_id) in site.bus.events) is end_others
    if end_others:
        with pytest.raises(SessionEnded):
            await site.identify(other)
    else:
        assert (await site.identify(other)).user is not None


async def test_a_ticket_of_the_old_password_is_worth_nothing_after_the_change(site: Site) -> None:
    member = await site.member()
    thief = caller("thief")
    stolen = await site.sign_in(thief, SignInCommand("ann-1", PASSWORD))

    await changed(site, member)

    with pytest.raises(TicketRefused):
        await site.redeem(thief, stolen)


async def test_an_old_password_whose_hash_is_made_anew_while_another_is_chosen_does_not_come_back(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, verify = await site.member(), site.hasher.verify
    site.hasher.version = 2  # what is stored is out of date

    async def verify_meanwhile(password: str, stored: str | None, salt: bytes) -> Verification:
        verification = await verify(password, stored, salt)
        monkeypatch.setattr(site.hasher, "verify", verify)
        await changed(site, member)
        return verification

    monkeypatch.setattr(site.hasher, "verify", verify_meanwhile)
    ticket = await site.sign_in(AWAY, SignInCommand("ann-1", PASSWORD))

    with pytest.raises(TicketRefused):
        await site.redeem(AWAY, ticket)
    with pytest.raises(BadCredentials):
        await site.sign_in(AWAY, SignInCommand("ann-1", PASSWORD))
    await signed_in(site, "ann-1", NEW, HOME)


async def test_of_two_who_change_the_password_at_once_the_second_is_told_that_it_is_another(
    site: Site,
) -> None:
    member = await site.member()
    other = await signed_in(site, "ann-1", PASSWORD, caller("elsewhere"))

    first, second = await asyncio.gather(
        site.change_password(member, ChangePasswordCommand(PASSWORD, NEW, end_others=False)),
        site.change_password(other, ChangePasswordCommand(PASSWORD, "nine loud geese", end_others=False)),
        return_exceptions=True,
    )

    assert isinstance(first, str)
    assert isinstance(second, InvalidValue)
    assert second.field == "old"
    await signed_in(site, "ann-1", NEW, HOME)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("not the password", NEW, "old"),
        ("", NEW, "old"),
        (PASSWORD, "short", "new"),
        (PASSWORD, "x" * 129, "new"),
        (PASSWORD, "123456789012", "new"),
        (PASSWORD, "my name is ann-1", "new"),
        (PASSWORD, PASSWORD, "new"),
    ],
)
async def test_a_password_that_will_not_do_is_said_beside_its_field_and_nothing_changes(
    site: Site, old: str, new: str, field: str
) -> None:
    member = await site.member()
    before = dict(site.store.credentials)

    with pytest.raises(InvalidValue) as refusal:
        await site.change_password(member, ChangePasswordCommand(old, new))

    assert refusal.value.field == field
    assert site.store.credentials == before
    assert (await site.identify(member)).user is not None


async def test_guessing_the_old_password_has_the_allowance_of_signing_in(site: Site) -> None:
    member = await site.member()
    site.limiter.allowed[FIRST] = 2
    for _ in range(2):
        with pytest.raises(InvalidValue):
            await site.change_password(member, ChangePasswordCommand("guess", NEW))

    with pytest.raises(RateLimited):
        await site.change_password(member, ChangePasswordCommand(PASSWORD, NEW))


async def test_a_guest_has_no_password_to_change(site: Site) -> None:
    with pytest.raises(NotAllowed):
        await site.change_password(caller(), ChangePasswordCommand(PASSWORD, NEW))


async def test_a_password_chosen_under_earlier_rules_still_opens_its_account(site: Site) -> None:
    await site.member()
    site.store.credentials[1] = "1::" + "short"[::-1]

    member = await signed_in(site, "ann-1", "short", HOME)

    assert (await site.identify(member)).user is not None


async def test_what_changes_the_safety_of_an_account_asks_for_the_password_after_ten_minutes(
    site: Site,
) -> None:
    member = await site.member()
    other = await signed_in(site, "ann-1", PASSWORD, caller("elsewhere"))
    revoke = RevokeSession(site.unit_of_work, site.bus, site.clock)
    revoke_others = RevokeOthers(site.unit_of_work, site.bus, site.clock)
    site.clock.advance(seconds=PROVED_FOR.total_seconds())

    asking = (
        lambda: site.make_codes(member),
        lambda: revoke(member, session_handle(other.session_id)),
        lambda: revoke_others(member),
    )
    for ask in asking:
        with pytest.raises(ProofNeeded):
            await ask()
    with pytest.raises(InvalidValue):
        await site.prove(member, "guess")
    with pytest.raises(NotAllowed):
        await site.prove(caller(), PASSWORD)
    await site.prove(other, PASSWORD)
    with pytest.raises(ProofNeeded):  # in another session it counts for nothing
        await site.make_codes(member)

    await site.prove(member, PASSWORD)
    assert await revoke_others(member) == 1
    with pytest.raises(SessionEnded):
        await site.identify(other)
    assert (await site.identify(member)).user is not None


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("ü" * 12, "u\u0308" * 12),  # of twelve characters, by another keyboard
        ("あ" * 64 + "漢字" * 32, "あ" * 64 + "漢字" * 32),
        ("🦉🌿" * 64, "🦉🌿" * 64),
        ("ﬁne quiet herons", "fine quiet herons"),
        ("각" * 128, "\u1100\u1161\u11a8" * 128),  # as long as may be, in three times as many code points
    ],
)
async def test_a_password_of_any_script_opens_the_account_however_it_is_composed(
    site: Site, chosen: str, typed: str
) -> None:
    member = await site.member()
    ticket = await site.change_password(member, ChangePasswordCommand(PASSWORD, chosen))
    await site.redeem(member, ticket)

    await signed_in(site, "ann-1", typed, caller("elsewhere"))


async def test_a_confirmation_that_ran_out_while_a_form_was_filled_in_is_asked_for_and_nothing_changes(
    site: Site,
) -> None:
    member = await site.member()
    site.clock.now += PROVED_FOR
    before = site.store.copy()
    with pytest.raises(ProofNeeded):
        await site.change_email(member, "other@example.org")
    assert site.store == before
    await site.prove(member, PASSWORD)
    await site.change_email(member, "other@example.org")
