"""Registering, signing in and out, and who one is then."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from portfolio_app.app.account.change_password import ChangePasswordCommand
from portfolio_app.app.account.elevate import PROVED_FOR
from portfolio_app.app.account.identify import SEEN_EVERY
from portfolio_app.app.account.introduce import IntroduceSite
from portfolio_app.app.account.names import NAME_KEPT
from portfolio_app.app.account.operate import DisableAccount, EndSessions
from portfolio_app.app.account.own_sessions import ListSessions, RevokeOthers, RevokeSession
from portfolio_app.app.account.recover import LINK_LIFETIME, RecoverCommand
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import (
    AlreadyTaken,
    BadCredentials,
    BadRecoveryCode,
    NotAllowed,
    NotFound,
    ProofNeeded,
    RateLimited,
    SessionEnded,
    TicketRefused,
)
from portfolio_app.app.events import AccountNews, SessionRevoked
from portfolio_app.app.ports.audit import Action
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.security import SecurityEvent, SecurityLine
from portfolio_app.domain.account.session import session_handle, visitor_tag
from portfolio_app.domain.account.user import Email, Role
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.conftest import PASSWORD, Site

GOOD = RegisterCommand("Ann@Example.org", " Ann-1 ", PASSWORD)


async def signed_in(site: Site, login: str, password: str, visitor: Caller) -> Caller:
    ticket = await site.sign_in(visitor, SignInCommand(login, password))
    return Caller((await site.redeem(visitor, ticket)).secret.session_id, visitor.network, "next")


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


@pytest.mark.parametrize(
    "command",
    [
        RegisterCommand("other@example.org", "ANN-1", PASSWORD),
        RegisterCommand("ANN@example.org", "other", PASSWORD),
    ],
)
async def test_a_name_or_address_in_use_is_refused_in_the_same_words(
    site: Site, command: RegisterCommand
) -> None:
    await site.register(caller(), GOOD)

    with pytest.raises(AlreadyTaken, match="username or email"):
        await site.register(caller("bob"), command)

    assert len(site.store.users) == 1
    assert lines_of(site, 1)[-1].event is SecurityEvent.CLAIMED, "its owner reads of it"


async def test_registering_is_limited_by_address_before_anything_is_hashed(site: Site) -> None:
    site.limiter.allowed[Rates.REGISTER_NETWORK] = 0

    with pytest.raises(RateLimited):
        await site.register(caller(), GOOD)

    assert site.store.users == {}


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

    assert len(site.hasher.verified) == 1


FIRST = Rates.SIGN_IN_GUESSES[0]
HOME, AWAY = replace(caller("owner"), network="192.0.2.1"), replace(caller("thief"), network="198.51.100.1")


async def guess(site: Site, login: str, by: Caller = AWAY, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(BadCredentials):
            await site.sign_in(by, SignInCommand(login, "guess"))


async def test_guessing_an_account_has_one_allowance_whatever_it_is_called_by(site: Site) -> None:
    await site.register(caller(), GOOD)
    site.limiter.allowed[FIRST] = 3
    for login in ("ann-1", " ANN-1", "Ann@example.org"):
        await guess(site, login)

    for login in ("ann-1", "ann@example.org"):
        with pytest.raises(RateLimited):
            await site.sign_in(AWAY, SignInCommand(login, PASSWORD))

    assert len(site.hasher.verified) == 3


async def test_guesses_never_keep_out_the_owner_who_comes_from_elsewhere(site: Site) -> None:
    await site.register(caller(), GOOD)
    for rate in Rates.SIGN_IN_GUESSES:
        site.limiter.allowed[rate] = 3
    await guess(site, "ann-1", times=3)

    for _ in range(50):
        await site.sign_in(HOME, SignInCommand("ann@example.org", PASSWORD))


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
    await site.register(caller(), GOOD)
    await guess(site, "ann-1", times=2)
    await guess(site, "ann@example.org")
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


@pytest.mark.parametrize("password", ["123456789012", "ann-1-ann-1-ann", "my portfolio", "hello there ann"])
async def test_a_password_that_is_guessed_first_is_refused(site: Site, password: str) -> None:
    with pytest.raises(InvalidValue, match="first passwords somebody would guess") as refusal:
        await site.register(caller(), RegisterCommand("Ann@Example.org", "Ann-1", password))

    assert refusal.value.field == "password"
    assert site.store.users == {}


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


async def test_an_expired_session_has_ended(site: Site) -> None:
    member = await site.member()
    site.clock.advance(days=31)

    with pytest.raises(SessionEnded):
        await site.identify(member)


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


NEW = "seven quiet herons"


async def changed(site: Site, member: Caller, **asked: bool) -> Caller:
    """Change the password of `member`, and follow its ticket."""
    ticket = await site.change_password(member, ChangePasswordCommand(PASSWORD, NEW, **asked))
    return Caller((await site.redeem(member, ticket)).secret.session_id, member.network, "next")


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
    site.store.credentials[1] = "1:" + "short"[::-1]

    member = await signed_in(site, "ann-1", "short", HOME)

    assert (await site.identify(member)).user is not None


async def codes_of(site: Site, member: Caller) -> list[str]:
    return [code.shown for code in await site.make_codes(member)]


async def recovered(site: Site, code: str, login: str = "ann-1", by: Caller = HOME) -> Caller:
    """Get in with a code, and follow the ticket."""
    ticket = await site.recover(by, RecoverCommand(login, code, NEW))
    return Caller((await site.redeem(by, ticket)).secret.session_id, by.network, "next")


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
        await recovered(site, second)
    late = (await site.reset_link("ann-1")).shown
    site.clock.advance(seconds=LINK_LIFETIME.total_seconds())
    with pytest.raises(BadRecoveryCode):
        await recovered(site, late)
    with pytest.raises(NotFound):
        await site.reset_link("nobody")


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


def lines_of(site: Site, user_id: int | None) -> list[SecurityLine]:
    return [line for line in site.store.security.values() if line.user_id == user_id]


async def test_every_event_of_an_account_is_a_line_with_subject_network_and_request(site: Site) -> None:
    member = await site.member()
    await guess(site, "ann-1")
    await guess(site, "no such name")
    with pytest.raises(BadRecoveryCode):
        await site.recover(AWAY, RecoverCommand("ann-1", "0000-0000-0000-0000", NEW))
    with pytest.raises(InvalidValue):
        await site.prove(member, "guess")
    await site.prove(member, PASSWORD)
    await site.make_codes(member)
    await signed_in(site, "ann-1", PASSWORD, HOME)
    await RevokeOthers(site.unit_of_work, site.bus, site.clock)(member)
    member = await changed(site, member)
    await site.export(member)
    await site.set_role("ann-1", Role.MODERATOR)
    await DisableAccount(site.unit_of_work, site.bus, site.clock)("ann-1", disabled=True)

    assert [(line.event, line.network) for line in lines_of(site, 1)] == [
        (SecurityEvent.REGISTERED, "203.0.113.0/24"),
        (SecurityEvent.SIGNED_IN, "203.0.113.0/24"),
        (SecurityEvent.SIGN_IN_FAILED, "198.51.100.0/24"),
        (SecurityEvent.RECOVERY_FAILED, "198.51.100.0/24"),
        (SecurityEvent.PROOF_FAILED, "203.0.113.0/24"),
        (SecurityEvent.PROVED, "203.0.113.0/24"),
        (SecurityEvent.CODES_MADE, "203.0.113.0/24"),
        (SecurityEvent.SIGNED_IN, "192.0.2.0/24"),
        (SecurityEvent.SESSIONS_ENDED, "203.0.113.0/24"),
        (SecurityEvent.PASSWORD_CHANGED, "203.0.113.0/24"),
        (SecurityEvent.SIGNED_IN, "203.0.113.0/24"),
        (SecurityEvent.EXPORTED, "203.0.113.0/24"),
        (SecurityEvent.PROMOTED, "operator"),
        (SecurityEvent.DISABLED, "operator"),
    ]
    assert all(line.request_id for line in lines_of(site, 1) if line.network != "operator")
    assert [line.event for line in lines_of(site, None)] == [SecurityEvent.SIGN_IN_FAILED]
    written = repr(site.store.security)
    assert not any(secret in written for secret in (PASSWORD, NEW, "guess", "no such name", "0000-0000"))


async def test_sessions_are_listed_once_it_is_proved_who_asks(site: Site) -> None:
    member = await site.member()
    listing = ListSessions(site.unit_of_work, site.clock)
    assert [each.id for each in (await listing(member)).sessions] == [member.session_id]
    site.clock.advance(minutes=10)
    found = await listing(member)
    assert (found.sessions, found.proved) == ([], False)
    await site.prove(member, PASSWORD)
    assert len((await listing(member)).sessions) == 1


async def test_members_read_their_own_lines_and_moderators_those_of_moderation_alone(site: Site) -> None:
    member, moderator = await site.member(), await site.moderator()

    own = (await ListSessions(site.unit_of_work, site.clock)(member)).lines
    trail = (await site.review_queue(moderator)).trail

    assert [line.event for line in own] == [SecurityEvent.SIGNED_IN, SecurityEvent.REGISTERED]
    assert {line.user_id for line in own} == {1}
    assert {entry.action for entry in trail} == {Action.REGISTERED, Action.PROMOTED}


async def test_guesses_of_many_networks_leave_no_more_lines_than_are_allowed(site: Site) -> None:
    await site.member()
    site.limiter.allowed[Rates.SECURITY_LINES] = 2
    for number in range(4):
        await guess(site, "ann-1", replace(AWAY, network=f"198.51.{number}.1"))
    await site.sign_in(HOME, SignInCommand("ann-1", PASSWORD))

    failures = [line for line in lines_of(site, 1) if line.event is SecurityEvent.SIGN_IN_FAILED]
    assert len(failures) == 2
    assert site.store.wrong_passwords[1][0] == 4, "the owner hears of all of them"


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
    with pytest.raises(BadRecoveryCode):
        await site.recover(AWAY, RecoverCommand("ann-1", "0000-0000-0000-0000", NEW))
    with pytest.raises(InvalidValue):
        await site.prove(member, "guess")
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


async def test_nobody_registers_with_a_name_that_was_given_up_lately(site: Site) -> None:
    await site.change_username(await site.member(), "zoe")
    command = RegisterCommand("thief@example.org", "ann-1", PASSWORD)
    with pytest.raises(AlreadyTaken):
        await site.register(AWAY, command)
    assert lines_of(site, 1)[-1].event is SecurityEvent.CLAIMED
    site.clock.advance(seconds=NAME_KEPT.total_seconds())
    assert await site.register(AWAY, command)


async def test_trying_names_and_addresses_is_limited_like_registering(site: Site) -> None:
    member = await site.member()
    await site.member("bob-1")
    site.limiter.allowed[Rates.REGISTER_NETWORK] = 2
    for change, to in ((site.change_username, "bob-1"), (site.change_email, "bob-1@example.org")):
        with pytest.raises(RateLimited):
            await change(member, to)


async def test_an_address_that_is_taken_reads_like_a_name_that_is_and_its_holder_hears_of_it(
    site: Site,
) -> None:
    member, _ = await site.member(), await site.member("bob-1")
    words = []
    for change, to in ((site.change_username, "bob-1"), (site.change_email, "bob-1@example.org")):
        with pytest.raises(AlreadyTaken) as refused:
            await change(member, to)
        words.append(str(refused.value))
    assert len(set(words)) == 1
    assert [line.event for line in lines_of(site, 2)][-2:] == [SecurityEvent.CLAIMED] * 2
    with pytest.raises(InvalidValue):
        await site.change_email(member, "ann-1@example.org")
    with pytest.raises(InvalidValue):
        await site.change_email(member, "no address")


async def test_another_address_is_told_in_the_other_tabs_and_is_a_line_without_the_address(
    site: Site,
) -> None:
    member = await site.member()
    here = await signed_in(site, "ann-1", PASSWORD, HOME)
    site.bus.events.clear()
    await site.change_email(here, "new@example.org")
    assert site.bus.events == [AccountNews((member.session_id,), SecurityEvent.EMAIL_CHANGED, "192.0.2.0/24")]
    assert lines_of(site, 1)[-1].event is SecurityEvent.EMAIL_CHANGED
    assert "new@example.org" not in repr(site.store.security)
    await signed_in(site, "new@example.org", PASSWORD, AWAY)
    with pytest.raises(BadCredentials):
        await signed_in(site, "ann-1@example.org", PASSWORD, AWAY)
