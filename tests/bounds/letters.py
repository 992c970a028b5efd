"""Bounds of letters, of names that change, and of leaving."""

import contextvars
import re
import ssl
from typing import Any, Final

from portfolio_app.app.identity import require_member
from tests.bounds.bound import CONTRACT, UNIT, Bound, admit_all, nothing

LEAVING: Final = f"{CONTRACT}/test_leaving.py"
LETTERS: Final = f"{UNIT}/app/test_letters.py"
LIMITER: Final = "tests.fakes.limiter.FakeLimiter"
MAIL: Final = f"{UNIT}/infra/test_mail.py"
NAMES: Final = "portfolio_app.app.account.names"
NAMING: Final = f"{CONTRACT}/test_names.py"


def _alone(recovery: Any, user_id: int, code_hash: str, expires_at: object, **_: object) -> None:
    recovery.end_links(user_id)
    recovery._codes[code_hash] = (user_id, expires_at)


BOUNDS: Final = [
    Bound(
        "letters to one account",
        f"{LETTERS}::test_a_mailbox_is_not_filled_and_asking_again_reads_the_same",
        f"{LIMITER}.hit",
        admit_all,
    ),
    Bound(
        "letters that are being written",
        f"{LETTERS}::test_more_than_can_be_written_at_once_is_refused_whoever_has_an_account",
        "portfolio_app.app.account.letters.Letters.reset_link",
        lambda self, caller, login: self.aside.begin(self._reset_link(caller, login)),
    ),
    Bound(
        "a letter outside the visitor's live log",
        f"{LETTERS}::test_asking_waits_for_nothing_that_could_tell_an_account_from_none",
        "portfolio_app.app.repeat.Context",
        contextvars.copy_context,
    ),
    Bound(
        "links of an account beside each other",
        f"{LETTERS}::test_a_stranger_who_asks_does_not_end_the_link_that_the_owner_has",
        "tests.fakes.recovery.FakeRecovery.add_link",
        _alone,
    ),
    Bound(
        "addresses that get a letter",
        f"{MAIL}::test_what_a_server_could_read_as_something_else_is_no_address[a,b@example.org]",
        "portfolio_app.infra.mail._LOCAL",
        re.compile(".*", re.DOTALL),
    ),
    Bound(
        "letters that wait",
        f"{MAIL}::test_letters_that_nobody_takes_are_no_more_than_so_many",
        "portfolio_app.infra.mail.SmtpMail.waiting",
        0,
    ),
    Bound(
        "a good certificate of the mail server",
        f"{UNIT}/infra/test_mail_server.py::test_nothing_is_said_to_a_server_that_shows_none[offers0]",
        "portfolio_app.infra.mail.ssl.create_default_context",
        ssl._create_unverified_context,
    ),
    Bound(
        "the password before leaving",
        f"{LEAVING}::test_leaving_ends_every_session_at_once_and_asks_for_the_password[sqlite]",
        "portfolio_app.app.account.leave.require_proof",
        lambda repositories, caller, _now: require_member(repositories, caller),
    ),
    Bound(
        "the password before another name",
        f"{UNIT}/app/test_details.py::test_a_change_of_username_or_address_asks_for_the_password_after_ten_minutes",
        f"{NAMES}.require_proof",
        lambda repositories, caller, _now: require_member(repositories, caller),
    ),
    Bound(
        "names that were given up, for newcomers",
        f"{UNIT}/app/test_registration.py::test_nobody_registers_with_a_name_that_was_given_up_lately",
        "portfolio_app.app.account.register.holder_of",
        lambda repositories, name, _now: repositories.users.by_username(name),
    ),
    Bound(
        "names that were given up, and 30 days between two",
        f"{NAMING}::test_a_name_that_was_given_up_is_nobody_elses_for_a_while_and_its_owners_at_any_time[sqlite]",
        f"{NAMES}._check_due",
        nothing,
    ),
    Bound(
        "mentions that follow a name",
        f"{NAMING}::test_messages_mentions_trail_and_mutes_follow_a_change_of_username[sqlite]",
        "portfolio_app.domain.chat.pieces.ReadPieces.renamed",
        lambda _self, text, *_: text,
    ),
    Bound(
        "a line of each change of name",
        f"{UNIT}/app/test_details.py::test_another_username_is_told_in_every_tab_and_is_a_line_for_its_owner_and_for_moderators",
        f"{NAMES}.record",
        nothing,
    ),
    Bound(
        "a letter to the address before",
        f"{LETTERS}::test_the_address_that_an_account_had_hears_of_another_one_and_its_links_end",
        "portfolio_app.app.account.letters.Letters.moved",
        nothing,
    ),
    Bound(
        "names that go with an account",
        f"{LEAVING}::test_a_purged_account_leaves_no_name_no_row_and_no_word_behind[sqlite-False]",
        "portfolio_app.app.account.leave._rename",
        nothing,
    ),
    Bound(
        "seven days to come back",
        f"{LEAVING}::test_after_seven_days_nobody_comes_back_even_before_the_purge[sqlite]",
        "portfolio_app.app.account.redeem._check_account",
        nothing,
    ),
]
