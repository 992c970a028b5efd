"""Bounds of accounts: passwords, sessions, passkeys, recovery, what is said of them."""

import asyncio
import contextvars
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

from portfolio_app.app.errors import AlreadyTaken, RateLimited
from portfolio_app.domain.account.user import User
from tests.bounds.bound import CONTRACT, UNIT, Bound, admit_all, nothing, yes
from tests.fakes.users import FakeUsers

ADDRESSES: Final = f"{UNIT}/app/test_addresses.py"
LIMITER: Final = "tests.fakes.limiter.FakeLimiter"
_ADD: Final = FakeUsers.add


class _Free:
    """A lock that lets everybody in."""

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...


async def _hash_all(hasher: Any, work: Callable[[], object]) -> object:
    return await asyncio.get_running_loop().run_in_executor(hasher._threads, work)


async def _for_everybody(limiter: Any, rate: Any, key: str) -> None:
    account = key.rpartition(" ")[2]
    counted = sum(times for (of, by), times in limiter.counted.items() if of is rate and by.endswith(account))
    if counted >= limiter.allowed.get(rate, 10**6):
        raise RateLimited(7)


async def _for_every_name(limiter: Any, rate: Any, key: str) -> None:
    network = key.partition(" ")[0]
    counted = sum(
        times for (of, by), times in limiter.counted.items() if of is rate and by.startswith(network)
    )
    if counted >= limiter.allowed.get(rate, 10**6):
        raise RateLimited(7)


async def _hash_if_held(check: Any, named: Any, password: str) -> None:
    if named.user is not None:
        await check.hasher.hash_typed(password, named.salt)


def _add_new_addresses(users: FakeUsers, user: User) -> User:
    if any(user.email == each.email for each in users._store.users.values()):
        raise AlreadyTaken
    return _ADD(users, user)


async def _write_to_all(_letters: object, _user: object) -> bool:
    return True


BOUNDS: Final = [
    Bound(
        "wrong passwords for one account",
        f"{UNIT}/app/test_sign_in.py::test_guessing_a_name_has_one_allowance_however_it_is_typed",
        f"{LIMITER}.check",
        admit_all,
    ),
    Bound(
        "wrong passwords of a network",
        f"{UNIT}/app/test_sign_in.py::test_guessing_many_accounts_is_limited_by_network",
        f"{LIMITER}.check",
        admit_all,
    ),
    Bound(
        "turns of a network's attempts",
        f"{UNIT}/app/test_sign_in.py::test_attempts_of_a_network_at_once_are_no_way_around_the_limit",
        "portfolio_app.app.account.passwords.asyncio",
        SimpleNamespace(**{**vars(asyncio), "Lock": _Free}),
    ),
    Bound(
        "sessions that begin",
        f"{UNIT}/app/test_sign_in.py::test_sessions_that_begin_are_limited_by_network_before_anything_is_stored",
        f"{LIMITER}.check",
        admit_all,
    ),
    Bound(
        "passwords that are guessed first",
        f"{UNIT}/infra/test_guessed.py::test_what_everybody_guesses_first_is_known[123456789012]",
        "portfolio_app.infra.guessed.MIN_GUESSES",
        0,
    ),
    Bound(
        "lines of failed tries",
        f"{UNIT}/app/test_security_log.py::test_guesses_of_many_networks_leave_no_more_lines_than_are_allowed",
        f"{LIMITER}.hit",
        admit_all,
    ),
    Bound(
        "a new session with each sign-in",
        f"{UNIT}/app/test_sign_in.py::test_signing_in_rotates_the_session_and_ends_the_old_one",
        "tests.fakes.sessions.FakeSessions.revoke",
        nothing,
    ),
    Bound(
        "the end of a session",
        f"{UNIT}/app/test_sessions.py::test_a_session_that_is_visited_goes_on_and_ends_at_its_longest",
        "portfolio_app.domain.account.session.Lifetimes.end",
        lambda _, created_at, __: created_at + timedelta(days=3_650),
    ),
    Bound(
        "the password typed again",
        f"{UNIT}/app/test_passwords.py::test_what_changes_the_safety_of_an_account_asks_for_the_password_after_ten_minutes",
        "portfolio_app.app.account.elevate.is_proved",
        yes,
    ),
    Bound(
        "the moderator's own password before ending somebody's sessions",
        f"{UNIT}/app/test_moderation.py::"
        "test_a_moderator_ends_every_session_of_a_member_having_typed_the_own_password_lately",
        "portfolio_app.app.account.operate.require_proof",
        nothing,
    ),
    Bound(
        "the time that a try by an address takes",
        f"{CONTRACT}/test_same_time.py::test_a_thousand_tries_tell_no_account_from_none[sqlite]",
        "portfolio_app.app.account.passwords.PasswordCheck._other",
        _hash_if_held,
    ),
    Bound(
        "an address that several may have",
        f"{ADDRESSES}::test_who_registers_with_an_address_learns_nothing_of_who_has_it[a holder]",
        "tests.fakes.users.FakeUsers.add",
        _add_new_addresses,
    ),
    Bound(
        "the way into every account of an address",
        f"{ADDRESSES}::test_a_password_opens_its_account_by_the_address_however_many_have_it[a holder]",
        "portfolio_app.app.account.passwords._owner",
        nothing,
    ),
    Bound(
        "sign-ins by an address that is not held",
        f"{ADDRESSES}::test_the_own_password_is_no_way_to_guess_at_the_other_account",
        f"{LIMITER}.check",
        admit_all,
    ),
    Bound(
        "an allowance of name and address each",
        f"{UNIT}/app/test_sign_in.py::test_guesses_at_an_address_tell_nobody_whose_it_is",
        "tests.fakes.limiter.FakeLimiter.check",
        _for_every_name,
    ),
    Bound(
        "a letter's code in a session of its account",
        f"{ADDRESSES}::test_the_code_of_the_letter_makes_its_account_the_holder_once",
        "tests.fakes.recovery.FakeRecovery.use",
        lambda recovery, _user_id, code_hash, _now: recovery._codes.pop(code_hash, None) is not None,
    ),
    Bound(
        "letters of an account to an address of its own",
        f"{ADDRESSES}::test_who_asks_for_the_letter_of_a_held_address_hears_the_same_and_its_holder_a_note",
        "portfolio_app.app.account.letters.Letters._may_write",
        _write_to_all,
    ),
    Bound(
        "a ticket with its password",
        f"{UNIT}/app/test_passwords.py::test_a_ticket_of_the_old_password_is_worth_nothing_after_the_change",
        "portfolio_app.app.account.tickets.mark",
        lambda _: "",
    ),
    Bound(
        "a recovery code once",
        f"{CONTRACT}/test_accounts.py::test_of_two_who_use_a_code_at_once_one_finds_it_gone[sqlite]",
        "portfolio_app.infra.db.recovery.SqlRecovery._delete",
        lambda *_: 1,
    ),
    Bound(
        "passwords that wait",
        f"{CONTRACT}/test_hasher.py::test_too_many_waiting_passwords_are_refused",
        "portfolio_app.infra.hasher.Argon2Hasher._run",
        _hash_all,
    ),
    Bound(
        "the live log of who guesses",
        f"{CONTRACT}/test_recovery.py::test_the_live_log_of_who_guesses_shows_the_same_whoever_has_an_account",
        "portfolio_app.app.repeat.Context",
        contextvars.copy_context,
    ),
    Bound(
        "names and addresses that are asked for",
        f"{UNIT}/app/test_details.py::test_trying_names_and_addresses_is_limited_like_registering",
        f"{LIMITER}.check",
        admit_all,
    ),
    Bound(
        "the password before the list of sessions",
        f"{UNIT}/app/test_sessions.py::test_sessions_are_listed_once_it_is_proved_who_asks",
        "portfolio_app.app.account.own_sessions.is_proved",
        yes,
    ),
    Bound(
        "lines of confirmations, right and wrong",
        f"{UNIT}/app/test_security_log.py::test_every_event_of_an_account_is_a_line_with_subject_network_and_request",
        "portfolio_app.app.account.elevate.record",
        nothing,
    ),
    Bound(
        "passkeys of an account",
        f"{UNIT}/app/test_passkeys.py::test_passkeys_are_as_many_as_allowed_and_nobody_elses",
        "portfolio_app.app.account.passkeys._refuse_more_than_allowed",
        nothing,
    ),
    Bound(
        "passkeys, codes and names of an account, of several who ask at once",
        f"{CONTRACT}/test_account_at_once.py::"
        "test_passkeys_added_at_once_are_no_more_than_an_account_may_have[postgres]",
        "portfolio_app.infra.db.users.SqlUsers.lock_of",
        nothing,
    ),
    Bound(
        "no session that begins while all end",
        f"{CONTRACT}/test_account_at_once.py::"
        "test_a_sign_in_under_way_while_all_sessions_end_leaves_none_behind[postgres-recover]",
        "portfolio_app.infra.db.users.SqlUsers.lock",
        nothing,
    ),
    Bound(
        "a password that was replaced while its hash was made anew",
        f"{UNIT}/app/test_passwords.py::"
        "test_an_old_password_whose_hash_is_made_anew_while_another_is_chosen_does_not_come_back",
        "tests.fakes.users.FakeCredentials.replace",
        lambda credentials, user_id, _former, password_hash: credentials.put(user_id, password_hash) or True,
    ),
    Bound(
        "no certificates of makers",
        f"{UNIT}/infra/test_passkeys.py::test_certificates_of_makers_are_not_even_looked_at",
        "portfolio_app.infra.passkeys.parse_attestation_object",
        lambda _: SimpleNamespace(fmt="none"),
    ),
    Bound(
        "a challenge once",
        f"{CONTRACT}/test_passkeys.py::test_of_two_who_take_a_challenge_at_once_one_finds_it_gone[sqlite]",
        "portfolio_app.infra.db.passkeys.SqlPasskeys._delete",
        lambda *_: 1,
    ),
    Bound(
        "guesses counted for their network",
        f"{UNIT}/app/test_sign_in.py::test_guesses_never_keep_out_the_owner_who_comes_from_elsewhere",
        f"{LIMITER}.check",
        _for_everybody,
    ),
]
