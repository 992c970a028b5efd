"""The log of what happens with an account."""

from dataclasses import replace

from portfolio_app.app.account.operate import DisableAccount
from portfolio_app.app.account.own_sessions import ListSessions, RevokeOthers
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.ports.audit import Action
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.domain.account.user import Role
from tests.unit.app.accounts import (
    AWAY,
    HOME,
    NEW,
    changed,
    fail_to_recover_and_confirm,
    guess,
    lines_of,
    signed_in,
)
from tests.unit.app.conftest import PASSWORD, Site


async def test_every_event_of_an_account_is_a_line_with_subject_network_and_request(site: Site) -> None:
    member = await site.member()
    await guess(site, "ann-1")
    await guess(site, "no such name")
    await fail_to_recover_and_confirm(site, member)
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
