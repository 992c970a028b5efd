"""`make bounds`: switches each bound off in turn and runs its test, which has to fail then; prints a table of them."""

import asyncio
import contextvars
import logging
import re
import ssl
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

import pytest

UNIT: Final = "tests/unit"
HTTP: Final = f"{UNIT}/http/transport"


@dataclass(frozen=True, slots=True)
class Bound:
    """What is bounded, the test that says so, and what stands for `target` while the bound is off."""

    name: str
    test: str
    target: str
    off: object


async def _admit(*_: object) -> None:
    """A limiter that refuses nobody."""


class _Free:
    """A lock that lets everybody in."""

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...


def _same(value: object) -> object:
    return value


def _without_limit(target: Callable[..., int]) -> Callable[..., int]:
    return lambda self, limits, _at_most: target(self, limits, 10**6)


def _any_rate(_books: object, answered: list[object], elapsed: int) -> float:
    return len(answered) * 1_000_000 / elapsed


def _alone(recovery: Any, user_id: int, code_hash: str, expires_at: object, **_: object) -> None:
    recovery.end_links(user_id)
    recovery._codes[code_hash] = (user_id, expires_at)


async def _hash_all(hasher: Any, work: Callable[[], object]) -> object:
    return await asyncio.get_running_loop().run_in_executor(hasher._threads, work)


def _from_the_left(scope: Any) -> list[str]:
    said = dict(scope["headers"])[b"x-forwarded-for"].decode()
    return [part.strip() for part in said.split(",")][::-1]


def _open_folder(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)


def bounds() -> list[Bound]:
    """Every one of them; imports what it switches off."""
    from portfolio_app.app.identity import require_member
    from portfolio_app.infra.db.runs import SqlRuns

    accounts, lines = f"{UNIT}/app/test_accounts.py", f"{UNIT}/infra/logs/test_lines.py"
    presence = f"{UNIT}/app/test_presence.py"
    leaving, naming = "tests/contract/test_leaving.py", "tests/contract/test_names.py"
    names = "portfolio_app.app.account.names"
    letters, mail = f"{UNIT}/app/test_letters.py", f"{UNIT}/infra/test_mail.py"
    limiter, visitors = "tests.fakes.limiter.FakeLimiter", "portfolio_app.http.transport.middleware.visitors"
    seam = SimpleNamespace(**{**vars(asyncio), "Lock": _Free})
    return [
        Bound(
            "one network for an IPv6 household",
            f"{HTTP}/middleware/test_http.py::test_a_household_is_one_whichever_of_its_addresses_it_calls_from[0]",
            f"{visitors}.network_of",
            _same,
        ),
        Bound(
            "/metrics for the operator alone",
            f"{HTTP}/test_metrics.py::test_nobody_else_is_told[8.8.8.8]",
            f"{visitors}.is_operator",
            lambda *_: True,
        ),
        Bound(
            "https with a trusted proxy only",
            f"{UNIT}/test_settings.py::test_values_that_do_not_go_together_are_refused[environment2-TRUSTED_PROXY_HOPS]",
            "portfolio_app.settings.Settings._check_combinations",
            lambda _: None,
        ),
        Bound(
            "wrong passwords for one account",
            f"{accounts}::test_guessing_an_account_has_one_allowance_whatever_it_is_called_by",
            f"{limiter}.check",
            _admit,
        ),
        Bound(
            "wrong passwords of a network",
            f"{accounts}::test_guessing_many_accounts_is_limited_by_network",
            f"{limiter}.check",
            _admit,
        ),
        Bound(
            "turns of a network's attempts",
            f"{accounts}::test_attempts_of_a_network_at_once_are_no_way_around_the_limit",
            "portfolio_app.app.account.passwords.asyncio",
            seam,
        ),
        Bound(
            "sessions that begin",
            f"{accounts}::test_sessions_that_begin_are_limited_by_network_before_anything_is_stored",
            f"{limiter}.check",
            _admit,
        ),
        Bound(
            "passwords that are guessed first",
            f"{UNIT}/infra/test_guessed.py::test_what_everybody_guesses_first_is_known[123456789012]",
            "portfolio_app.infra.guessed.MIN_GUESSES",
            0,
        ),
        Bound(
            "one host in a request",
            f"{HTTP}/middleware/test_http.py::test_a_request_names_one_host[1.1-hosts4-400]",
            "portfolio_app.http.transport.middleware.guard._names_one_host",
            lambda _: True,
        ),
        Bound(
            "the middleware around every answer",
            f"{HTTP}/middleware/test_front.py::test_what_the_site_answers_is_behind_the_middleware_with_endpoints_in_front_or_not",
            "portfolio_app.http.asgi.wrap",
            _same,
        ),
        Bound(
            "where a tab says it is",
            f"{HTTP}/frames/test_fuzz.py::test_mutated_frames_pass_as_events_that_are_allowed_or_not_at_all",
            "portfolio_app.http.transport.frames.filter._is_path",
            lambda value: isinstance(value, str),
        ),
        Bound(
            "log lines of one reason and network",
            f"{lines}::test_a_network_that_repeats_itself_is_cut_off_and_counted",
            "portfolio_app.app.token_bucket.TokenBucket.take",
            lambda _: True,
        ),
        Bound(
            "a line of JSON whatever fails",
            f"{lines}::test_a_record_that_can_not_be_written_is_a_line_of_json_all_the_same[%s-args2]",
            "portfolio_app.infra.logs.lines.Lines.handleError",
            logging.StreamHandler.handleError,
        ),
        Bound(
            "runs of a network in an hour",
            f"{UNIT}/app/burst/test_starting.py::test_a_start_that_fails_leaves_the_session_free[rate1]",
            f"{limiter}.hit",
            _admit,
        ),
        Bound(
            "a run's rate by what arrived",
            f"{UNIT}/app/burst/test_receipt.py::test_a_rate_is_of_what_the_edge_received_in_the_time_that_took",
            "portfolio_app.domain.burst.receipt._per_s",
            _any_rate,
        ),
        Bound(
            "rows of one purge",
            "tests/contract/test_runs.py::test_purging_takes_so_many_at_once_and_the_rest_the_next_time[sqlite]",
            "portfolio_app.infra.db.runs.SqlRuns.purge",
            _without_limit(SqlRuns.purge),
        ),
        Bound(
            "age of the audit trail",
            "tests/contract/test_accounts.py::test_old_lines_of_the_trail_go_so_many_at_once[sqlite]",
            "portfolio_app.infra.db.audit.SqlAuditTrail.purge",
            lambda *_: 0,
        ),
        Bound(
            "who may read the database",
            f"{UNIT}/infra/test_engine.py::test_nobody_else_may_read_a_database_its_companions_and_its_backups",
            "portfolio_app.infra.db.engine.keep_private",
            _open_folder,
        ),
        Bound(
            "age of files of earlier builds",
            f"{UNIT}/infra/test_build_files.py::test_files_go_a_while_after_they_were_last_served",
            "portfolio_app.infra.build_files.KEPT_S",
            10**9,
        ),
        Bound(
            "bytes of earlier builds",
            f"{UNIT}/infra/test_build_files.py::test_more_than_so_many_bytes_go_the_longest_unserved_first",
            "portfolio_app.infra.build_files.BuildFiles._evict",
            lambda *_: None,
        ),
        Bound(
            "people named to other workers",
            f"{presence}::test_of_a_crowd_three_hundred_are_named_to_other_workers_and_the_others_counted",
            "portfolio_app.app.chat.presence.MOST_NAMED",
            10**6,
        ),
        Bound(
            "names of those who write",
            f"{presence}::test_four_of_those_who_write_are_named",
            "portfolio_app.app.chat.presence.MOST_TYPING",
            10**6,
        ),
        Bound(
            "what a worker that died has said",
            f"{presence}::test_what_a_worker_said_expires_and_one_that_stops_is_gone_at_once",
            "portfolio_app.app.chat.presence.EXPIRES_S",
            10**6,
        ),
        Bound(
            "for how long somebody writes",
            f"{presence}::test_who_writes_is_shown_for_six_seconds_or_until_they_have_posted",
            "portfolio_app.app.chat.presence.TYPING_S",
            10**6,
        ),
        Bound(
            "names of who is here",
            f"{UNIT}/http/chat/test_presence.py::test_who_is_here_in_words[here5-a, b, c, d, e and 1 other]",
            "portfolio_app.http.chat.presence.MOST_SHOWN",
            10**6,
        ),
        Bound(
            "presence frames of a crowd",
            f"{UNIT}/http/chat/test_presence.py::test_frames_of_a_room_with_thousands_of_tabs_are_further_apart",
            "portfolio_app.http.chat.presence.TABS_A_SECOND",
            10**9,
        ),
        Bound(
            "names read together",
            f"{UNIT}/http/chat/test_presence.py::test_names_are_read_together_and_a_database_that_is_away_is_asked_again",
            "portfolio_app.app.chat.presence.AT_ONCE",
            10**6,
        ),
        Bound(
            "words of a remote site on a terminal",
            f"{UNIT}/launcher/burst/test_exit_codes.py::test_nothing_in_a_receipt_is_obeyed",
            "portfolio_app.launcher.burst.site.inert",
            _same,
        ),
        Bound(
            "lines of failed tries",
            f"{accounts}::test_guesses_of_many_networks_leave_no_more_lines_than_are_allowed",
            f"{limiter}.hit",
            _admit,
        ),
        Bound(
            "letters to one account",
            f"{letters}::test_a_mailbox_is_not_filled_and_asking_again_reads_the_same",
            f"{limiter}.hit",
            _admit,
        ),
        Bound(
            "letters that are being written",
            f"{letters}::test_more_than_can_be_written_at_once_is_refused_whoever_has_an_account",
            "portfolio_app.app.account.letters.Letters.reset_link",
            lambda self, caller, login: self._begin(self._reset_link(caller, login)),
        ),
        Bound(
            "a letter outside the visitor's live log",
            f"{letters}::test_asking_waits_for_nothing_that_could_tell_an_account_from_none",
            "portfolio_app.app.repeat.Context",
            contextvars.copy_context,
        ),
        Bound(
            "links of an account beside each other",
            f"{letters}::test_a_stranger_who_asks_does_not_end_the_link_that_the_owner_has",
            "tests.fakes.recovery.FakeRecovery.add_link",
            _alone,
        ),
        Bound(
            "addresses that get a letter",
            f"{mail}::test_what_a_server_could_read_as_something_else_is_no_address[a,b@example.org]",
            "portfolio_app.infra.mail._LOCAL",
            re.compile(".*", re.DOTALL),
        ),
        Bound(
            "letters that wait",
            f"{mail}::test_letters_that_nobody_takes_are_no_more_than_so_many",
            "portfolio_app.infra.mail.SmtpMail.waiting",
            0,
        ),
        Bound(
            "a good certificate of the mail server",
            f"{mail}::test_nothing_is_said_to_a_server_that_shows_none[offers0]",
            "portfolio_app.infra.mail.ssl.create_default_context",
            ssl._create_unverified_context,
        ),
        Bound(
            "websockets of other sites",
            f"{HTTP}/middleware/test_websockets.py::test_another_sites_page_can_not_open_a_websocket[https://evil.example]",
            "portfolio_app.http.transport.origins.OriginRule.allows",
            lambda *_: True,
        ),
        Bound(
            "effects asked for by other sites",
            f"{HTTP}/middleware/test_http.py::test_only_this_site_can_ask_for_an_effect[POST-headers0-403]",
            "portfolio_app.http.transport.middleware.guard._is_welcome",
            lambda _: True,
        ),
        Bound(
            "the address that our proxy saw",
            f"{HTTP}/middleware/test_client_network.py::test_the_address_is_the_one_our_outermost_proxy_saw"
            "[6.6.6.6, 1.1.1.1-1-1.1.1.1]",
            f"{visitors}._chain",
            _from_the_left,
        ),
        Bound(
            "a policy of pages",
            f"{HTTP}/middleware/test_policy.py::test_a_page_may_not_evaluate_text_be_framed_or_post_elsewhere",
            "portfolio_app.http.transport.middleware.policy.PagePolicies.of",
            lambda *_: "default-src *",
        ),
        Bound(
            "the size of a frame",
            f"{HTTP}/frames/test_filter.py::test_binary_and_oversized_frames_end_the_connection[text1-1009]",
            "portfolio_app.http.transport.frames.filter.MAX_FRAME",
            10**9,
        ),
        Bound(
            "frames of a connection",
            f"{HTTP}/frames/test_filter.py::test_a_flood_ends_the_connection_whatever_is_in_it",
            "portfolio_app.app.token_bucket.TokenBucket.take",
            lambda *_: True,
        ),
        Bound(
            "sockets of a session that was ended",
            f"{HTTP}/frames/test_registry.py::test_a_revoked_session_loses_its_sockets_at_once_and_a_replaced_one_after_a_moment",
            "portfolio_app.http.transport.frames.registry.SocketRegistry.on_event",
            _admit,
        ),
        Bound(
            "readiness asked often",
            f"{HTTP}/test_health.py::test_asking_often_asks_the_database_once",
            "portfolio_app.http.transport.health.CACHED_S",
            0.0,
        ),
        Bound(
            "what is named like a credential in a log",
            f"{UNIT}/infra/logs/test_redaction.py::test_nothing_named_like_a_credential_is_logged[password=canary4712]",
            "portfolio_app.infra.logs.redaction._SECRETS",
            (),
        ),
        Bound(
            "a new session with each sign-in",
            f"{accounts}::test_signing_in_rotates_the_session_and_ends_the_old_one",
            "tests.fakes.sessions.FakeSessions.revoke",
            lambda *_: None,
        ),
        Bound(
            "the end of a session",
            f"{accounts}::test_a_session_that_is_visited_goes_on_and_ends_at_its_longest",
            "portfolio_app.domain.account.session.Lifetimes.end",
            lambda _, created_at, __: created_at + timedelta(days=3_650),
        ),
        Bound(
            "the password typed again",
            f"{accounts}::test_what_changes_the_safety_of_an_account_asks_for_the_password_after_ten_minutes",
            "portfolio_app.app.account.elevate.is_proved",
            lambda *_: True,
        ),
        Bound(
            "a ticket with its password",
            f"{accounts}::test_a_ticket_of_the_old_password_is_worth_nothing_after_the_change",
            "portfolio_app.app.account.tickets.mark",
            lambda _: "",
        ),
        Bound(
            "a recovery code once",
            "tests/contract/test_accounts.py::test_of_two_who_use_a_code_at_once_one_finds_it_gone[sqlite]",
            "portfolio_app.infra.db.recovery.SqlRecovery._delete",
            lambda *_: 1,
        ),
        Bound(
            "passwords that wait",
            "tests/contract/test_hasher.py::test_too_many_waiting_passwords_are_refused",
            "portfolio_app.infra.hasher.Argon2Hasher._run",
            _hash_all,
        ),
        Bound(
            "the live log of who guesses",
            "tests/contract/test_bootstrap.py::test_the_live_log_of_who_guesses_shows_the_same_whoever_has_an_account",
            "portfolio_app.app.repeat.Context",
            contextvars.copy_context,
        ),
        Bound(
            "processor time of a network",
            f"{UNIT}/app/test_processor_time.py::test_who_is_within_budget_does_not_wait_for_those_who_are_not",
            "portfolio_app.app.processor_time.Account.lane",
            lambda _: None,
        ),
        Bound(
            "the password before leaving",
            f"{leaving}::test_leaving_ends_every_session_at_once_and_asks_for_the_password[sqlite]",
            "portfolio_app.app.account.leave.require_proof",
            lambda repositories, caller, _now: require_member(repositories, caller),
        ),
        Bound(
            "the password before another name",
            f"{accounts}::test_a_change_of_username_or_address_asks_for_the_password_after_ten_minutes",
            f"{names}.require_proof",
            lambda repositories, caller, _now: require_member(repositories, caller),
        ),
        Bound(
            "names that were given up, for newcomers",
            f"{accounts}::test_nobody_registers_with_a_name_that_was_given_up_lately",
            "portfolio_app.app.account.register.holder_of",
            lambda repositories, name, _now: repositories.users.by_username(name),
        ),
        Bound(
            "names that were given up, and 30 days between two",
            f"{naming}::test_a_name_that_was_given_up_is_nobody_elses_for_a_while_and_its_owners_at_any_time[sqlite]",
            f"{names}._check_due",
            lambda *_: None,
        ),
        Bound(
            "mentions that follow a name",
            f"{naming}::test_messages_mentions_trail_and_mutes_follow_a_change_of_username[sqlite]",
            "portfolio_app.domain.chat.pieces.ReadPieces.renamed",
            lambda _self, text, *_: text,
        ),
        Bound(
            "a line of each change of name",
            f"{accounts}::test_another_username_is_told_in_every_tab_and_is_a_line_for_its_owner_and_for_moderators",
            f"{names}.record",
            lambda *_, **__: None,
        ),
        Bound(
            "names and addresses that are asked for",
            f"{accounts}::test_trying_names_and_addresses_is_limited_like_registering",
            f"{limiter}.check",
            _admit,
        ),
        Bound(
            "a letter to the address before",
            f"{letters}::test_the_address_that_an_account_had_hears_of_another_one_and_its_links_end",
            "portfolio_app.app.account.letters.Letters.moved",
            lambda *_: None,
        ),
        Bound(
            "the password before the list of sessions",
            f"{accounts}::test_sessions_are_listed_once_it_is_proved_who_asks",
            "portfolio_app.app.account.own_sessions.is_proved",
            lambda *_: True,
        ),
        Bound(
            "seven days to come back",
            f"{leaving}::test_after_seven_days_nobody_comes_back_even_before_the_purge[sqlite]",
            "portfolio_app.app.account.redeem._check_account",
            lambda *_: None,
        ),
        Bound(
            "passkeys of an account",
            f"{UNIT}/app/test_passkeys.py::test_passkeys_are_as_many_as_allowed_and_nobody_elses",
            "portfolio_app.app.account.passkeys._refuse_more_than_allowed",
            lambda _: None,
        ),
        Bound(
            "no certificates of makers",
            f"{UNIT}/infra/test_passkeys.py::test_certificates_of_makers_are_not_even_looked_at",
            "portfolio_app.infra.passkeys.parse_attestation_object",
            lambda _: SimpleNamespace(fmt="none"),
        ),
        Bound(
            "a challenge once",
            "tests/contract/test_passkeys.py::test_of_two_who_take_a_challenge_at_once_one_finds_it_gone[sqlite]",
            "portfolio_app.infra.db.passkeys.SqlPasskeys._delete",
            lambda *_: 1,
        ),
    ]


class SwitchedOff:
    """A plugin: runs each test without its bound, and turns its outcome round."""

    def __init__(self, listed: list[Bound]) -> None:
        self._listed = {bound.test: bound for bound in listed}
        self.outcomes = {bound.test: "not run" for bound in listed}

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        """Fail what passes."""
        bound = self._listed[pyfuncitem.nodeid]
        with patch(bound.target, bound.off):
            try:
                yield
            except (Exception, pytest.fail.Exception) as error:  # whatever the test says
                self.outcomes[bound.test] = f"fails without it: {type(error).__name__}"
                return True
        self.outcomes[bound.test] = "PASSES WITHOUT IT"
        raise AssertionError(f"{bound.name}: the test passes without the bound")


def main() -> int:
    """Print bound, test and outcome of each; the exit code is pytest's."""
    listed = bounds()
    plugin = SwitchedOff(listed)
    options = ["-q", "-n0", "--no-header", "-p", "no:cacheprovider", "--tb=short"]
    code = pytest.main([*options, *(bound.test for bound in listed)], plugins=[plugin])
    width = max(len(bound.name) for bound in listed)
    for bound in listed:
        test = bound.test.rpartition("/")[2].replace("::", " ")
        print(f"{bound.name:<{width}}  {plugin.outcomes[bound.test]:<36}  {test}")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
