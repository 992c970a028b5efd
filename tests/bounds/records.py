"""Bounds of what is kept: lines of the log, rows, files, runs, and who is here."""

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from portfolio_app.domain.chat import pieces
from portfolio_app.infra.db.runs import SqlRuns
from tests.bounds.bound import CONTRACT, UNIT, Bound, admit_all, nothing, same, yes

LIMITER: Final = "tests.fakes.limiter.FakeLimiter"
LINES: Final = f"{UNIT}/infra/logs/test_lines.py"
SESSIONS: Final = f"{UNIT}/infra/tracing/test_sessions.py"
PRESENCE: Final = f"{UNIT}/app/test_presence.py"


def _without_limit(target: Callable[..., int]) -> Callable[..., int]:
    return lambda self, limits, _at_most: target(self, limits, 10**6)


def _any_rate(_books: object, answered: list[object], elapsed: int) -> float:
    return len(answered) * 1_000_000 / elapsed


def _open_folder(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)


def _without_hashes(file: Path) -> str:
    return re.sub(r" --hash=\S+", "", file.read_bytes().decode())


BOUNDS: Final = [
    Bound(
        "slow mode at several workers",
        f"{CONTRACT}/test_slow_mode_at_once.py::test_in_slow_mode_two_workers_store_one_of_two_posts_at_once[postgres]",
        "portfolio_app.infra.db.batch_sql.BatchSql.lock_rooms",
        nothing,
    ),
    Bound(
        "the time in which a message is taken apart",
        f"{UNIT}/domain/test_pieces.py::"
        "test_what_never_ends_takes_no_longer_than_the_rest_of_a_message[```x\\n]",
        "portfolio_app.domain.chat.pieces._codes",
        pieces._CODE.finditer,
    ),
    Bound(
        "kinds of other releases' events that the log names",
        f"{UNIT}/infra/test_shared_bus.py::test_kinds_without_end_are_not_all_named",
        "portfolio_app.infra.bus.shared.MOST_KINDS",
        10**6,
    ),
    Bound(
        "log lines of one reason and network",
        f"{LINES}::test_a_network_that_repeats_itself_is_cut_off_and_counted",
        "portfolio_app.app.token_bucket.TokenBucket.take",
        yes,
    ),
    Bound(
        "a line of JSON whatever fails",
        f"{LINES}::test_a_record_that_can_not_be_written_is_a_line_of_json_all_the_same[%s-args2]",
        "portfolio_app.infra.logs.lines.Lines.handleError",
        logging.StreamHandler.handleError,
    ),
    Bound(
        "runs of a network in an hour",
        f"{UNIT}/app/burst/test_starting.py::test_a_start_that_fails_leaves_the_session_free[rate1]",
        f"{LIMITER}.hit",
        admit_all,
    ),
    Bound(
        "a run's rate by what arrived",
        f"{UNIT}/app/burst/test_receipt.py::test_a_rate_is_of_what_the_edge_received_in_the_time_that_took",
        "portfolio_app.domain.burst.receipt._per_s",
        _any_rate,
    ),
    Bound(
        "rows of one purge",
        f"{CONTRACT}/test_runs.py::test_purging_takes_so_many_at_once_and_the_rest_the_next_time[sqlite]",
        "portfolio_app.infra.db.runs.SqlRuns.purge",
        _without_limit(SqlRuns.purge),
    ),
    Bound(
        "rows and traces of all live logs",
        f"{SESSIONS}::test_no_more_is_kept_than_the_limit_for_all_sessions_together",
        "portfolio_app.infra.tracing.sessions.SessionFeeds._make_room",
        nothing,
    ),
    Bound(
        "steps of one session's traces",
        f"{SESSIONS}::test_steps_of_traces_without_rows_count_and_one_session_loses_its_oldest",
        "portfolio_app.infra.tracing.sessions.SessionFeeds._make_room",
        nothing,
    ),
    Bound(
        "live logs of sessions that are idle",
        f"{SESSIONS}::test_what_idle_sessions_have_is_forgotten_but_for_the_newest_and_their_numbers_go_on",
        "portfolio_app.infra.tracing.sessions.SessionFeeds._empty",
        nothing,
    ),
    Bound(
        "what is kept of the look of a code",
        f"{UNIT}/http/chat/test_plain.py::test_no_more_is_kept_of_a_code_than_is_shown",
        "portfolio_app.http.content.code_blocks.islice",
        lambda each, _most: each,
    ),
    Bound(
        "age of the audit trail",
        f"{CONTRACT}/test_accounts.py::test_old_lines_of_the_trail_go_so_many_at_once[sqlite]",
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
        nothing,
    ),
    Bound(
        "people named to other workers",
        f"{PRESENCE}::test_of_a_crowd_three_hundred_are_named_to_other_workers_and_the_others_counted",
        "portfolio_app.app.chat.presence.MOST_NAMED",
        10**6,
    ),
    Bound(
        "names of those who write",
        f"{PRESENCE}::test_four_of_those_who_write_are_named",
        "portfolio_app.app.chat.presence.MOST_TYPING",
        10**6,
    ),
    Bound(
        "what a worker that died has said",
        f"{PRESENCE}::test_what_a_worker_said_expires_and_one_that_stops_is_gone_at_once",
        "portfolio_app.app.chat.presence.EXPIRES_S",
        10**6,
    ),
    Bound(
        "for how long somebody writes",
        f"{PRESENCE}::test_who_writes_is_shown_for_six_seconds_or_until_they_have_posted",
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
        same,
    ),
    Bound(
        "what is named like a credential in a log",
        f"{UNIT}/infra/logs/test_redaction.py::test_nothing_named_like_a_credential_is_logged[password=canary4712]",
        "portfolio_app.infra.logs.redaction._SECRETS",
        (),
    ),
    Bound(
        "runs at once",
        f"{UNIT}/app/burst/test_starting.py::test_only_a_few_runs_go_at_once",
        "portfolio_app.app.burst.start.AT_ONCE",
        10**6,
    ),
    Bound(
        "requests of all bursts",
        f"{UNIT}/app/burst/test_receipt.py::test_a_spent_budget_refuses_and_the_receipt_still_balances",
        "portfolio_app.app.token_bucket.TokenBucket.take",
        yes,
    ),
    Bound(
        "answers that are made up",
        f"{UNIT}/app/burst/test_receipt.py::test_answers_that_are_made_up_have_no_rate[0]",
        "portfolio_app.domain.burst.receipt._per_s",
        _any_rate,
    ),
    Bound(
        "hashes of packages",
        f"{UNIT}/test_supply.py::test_every_package_is_pinned_with_the_hashes_of_its_files[requirements.txt]",
        "tests.unit.test_supply.Path.read_text",
        _without_hashes,
    ),
    Bound(
        "locks and statements of the database",
        f"{CONTRACT}/test_database_connections.py::test_every_connection_of_every_entry_point_is_bounded[be_ready]",
        "portfolio_app.infra.db.engine._SET_SESSION",
        "SET timezone = 'UTC'",
    ),
]
