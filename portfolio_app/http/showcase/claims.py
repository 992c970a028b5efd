"""Claims: the sentences that cards, tabs and slices say as facts, and the tests that show they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portfolio_app.app.ports.proof import GateOutcome
from portfolio_app.http.content.source import Quoted
from portfolio_app.words import t


class Verdict(StrEnum):
    """The verdicts on a claim. `NOT_RUN` also when only some of its tests ran."""

    VERIFIED = "verified"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the showcase; `tests` are pytest's ids of functions, and all have to pass.

    `id` is the claim's place on the page /proof.
    """

    id: str
    sentence: str
    tests: tuple[str, ...]

    def verdict(self, outcomes: Mapping[str, GateOutcome]) -> Verdict:
        """Judged by what the gate found, test by test; a claim without a test is never verified."""
        found = {outcomes.get(test) for test in self.tests}
        if GateOutcome.FAILED in found:
            return Verdict.FAILED
        return Verdict.VERIFIED if found == {GateOutcome.PASSED} else Verdict.NOT_RUN


def found_in(file: str, *functions: str) -> tuple[str, ...]:
    """Test functions of one file, by the ids pytest gives them."""
    return tuple(f"{file}::{function}" for function in functions)


STATS: Final = (
    Claim(
        "layers",
        t("4 Layers: domain -> app -> infra -> http"),
        found_in("tests/unit/test_gate.py", "test_no_import_runs_against_the_arrows_between_the_layers"),
    ),
    Claim(
        "live-stream",
        t("1 Live Stream: per visitor session, fanout across tabs"),
        (
            *found_in(
                "tests/unit/infra/tracing/test_live_feed.py",
                "test_each_session_sees_its_own_rows_numbered_without_gaps",
            ),
            *found_in(
                "tests/socket/test_trace.py",
                "test_both_tabs_see_every_step_of_a_post_and_a_stranger_sees_none",
            ),
        ),
    ),
    Claim(
        "typed-contracts",
        t("Typed Contracts: DTO -> command -> domain -> SQL row"),
        (
            *found_in("tests/socket/test_showcase.py", "test_each_hand_off_shows_the_value_that_it_held"),
            *found_in(
                "tests/socket/test_frames.py",
                "test_a_payload_of_any_other_type_is_answered_without_a_traceback",
            ),
            *found_in("tests/unit/app/test_chat.py", "test_a_post_is_cleaned_stored_and_announced"),
            *found_in(
                "tests/contract/test_journal.py",
                "test_a_visible_message_is_announced_with_its_request_after_it_is_stored",
            ),
            *found_in("tests/contract/test_migrations.py", "test_the_migrated_schema_is_that_of_the_tables"),
        ),
    ),
    Claim(
        "guardrails",
        t("Guardrails On: CI checks + centralized error mapping"),
        (
            *found_in(
                "tests/unit/test_gate.py",
                "test_ci_runs_the_same_gate_as_people_do",
                "test_the_static_part_of_the_gate_checks_format_lint_types_and_layers",
            ),
            *found_in(
                "tests/unit/http/transport/test_errors.py",
                "test_every_error_of_domain_and_app_has_a_row_of_its_own",
            ),
        ),
    ),
)
"""A card shows what stands before the colon above what stands behind it."""


WORKSPACE: Final = Claim(
    "capabilities",
    t(
        "Each tab maps to a concrete capability in this workspace: auth durability, boundary-safe flows, "
        "observability, and live chat delivery."
    ),
    (
        *found_in("tests/browser/test_showcase.py", "test_a_guest_posts_and_sees_their_own_hand_offs"),
        *found_in(
            "tests/socket/test_showcase.py",
            "test_a_visitors_last_message_is_shown_at_each_hand_off_to_them_alone",
            "test_the_tabs_keep_to_the_last_post_that_was_accepted",
        ),
    ),
)
IDENTITY: Final = Claim(
    "auth-durability",
    t(
        "Encrypted cookies and durable sessions in PostgreSQL or SQLite keep identity consistent across requests."
    ),
    (
        *found_in("tests/contract/test_sealer.py", "test_a_token_shows_nothing_of_the_text"),
        *found_in("tests/contract/test_sessions.py", "test_a_stored_session_is_found_with_its_user"),
        *found_in(
            "tests/contract/test_bootstrap.py",
            "test_a_member_is_the_same_in_each_request_and_after_the_site_has_started_again",
        ),
        *found_in("tests/browser/test_accounts.py", "test_signing_in_changes_every_tab_of_the_browser"),
    ),
)
FLOW: Final = Claim(
    "boundary-safe-flows",
    t("Transport, policy, domain invariants, and persistence stay separated by typed handoffs."),
    (
        *found_in("tests/unit/test_gate.py", "test_no_import_runs_against_the_arrows_between_the_layers"),
        *found_in(
            "tests/browser/test_trace.py",
            "test_a_post_shows_all_four_layers_its_sql_and_the_code_that_ran",
        ),
    ),
)
EMISSION: Final = Claim(
    "inspectable",
    t("Request spans, live logs, and pushed state patches make behavior inspectable while the app runs."),
    found_in(
        "tests/browser/test_log.py",
        "test_one_post_shows_request_use_case_sql_and_push_in_every_tab_of_its_author_only",
    ),
)
CONTROLS: Final = Claim(
    "chat-path",
    t("A complete request -> validate -> persist -> broadcast path with moderation and rate limiting."),
    (
        *found_in(
            "tests/browser/test_chat.py",
            "test_a_post_reaches_another_visitor_and_both_tabs_of_its_author",
            "test_a_burst_of_lines_goes_out_in_order_at_the_allowed_pace",
        ),
        *found_in(
            "tests/browser/test_accounts.py",
            "test_a_held_message_is_its_authors_alone_until_a_moderator_approves_it",
        ),
    ),
)
CAPABILITIES: Final = (WORKSPACE, IDENTITY, FLOW, EMISSION, CONTROLS)


@dataclass(frozen=True, slots=True)
class Highlight:
    """`routes` are label and address, `code` what to read first."""

    title: str
    claim: Claim
    routes: tuple[tuple[str, str], ...]
    code: tuple[Quoted, ...]


SLICES: Final = Claim(
    "slices",
    t("Three high-signal slices from this project, each tied to working routes and code."),
    (
        *found_in("tests/unit/http/content/test_content.py", "test_every_slice_is_tied_to_routes_that_exist"),
        *found_in(
            "tests/unit/http/content/test_quotes.py", "test_everything_quoted_is_the_source_as_it_stands"
        ),
    ),
)

HIGHLIGHTS: Final = (
    Highlight(
        t("Capstone"),
        Claim(
            "capstone",
            t("End-to-end message path with persistence, moderation, rate limiting, and push fanout."),
            (
                *found_in(
                    "tests/contract/test_durability.py",
                    "test_an_acknowledged_message_survives_a_kill_once_and_in_order",
                ),
                *found_in(
                    "tests/unit/app/test_chat.py",
                    "test_what_the_policy_holds_back_is_announced_to_its_author_alone",
                    "test_a_visitor_who_posts_too_fast_is_told_when_to_go_on",
                ),
                *found_in(
                    "tests/browser/test_chat.py",
                    "test_a_post_reaches_another_visitor_and_both_tabs_of_its_author",
                ),
            ),
        ),
        ((t("Chat"), "/chat"),),
        (Quoted.POST_MESSAGE, Quoted.JOURNAL),
    ),
    Highlight(
        t("Security"),
        Claim(
            "security",
            t(
                "Argon2 sign-in and rotating sessions on top of PostgreSQL- or SQLite-backed storage with encrypted "
                "cookies."
            ),
            (
                *found_in(
                    "tests/contract/test_hasher.py",
                    "test_the_sites_own_parameters_are_argon2id_with_19_mebibytes",
                ),
                *found_in(
                    "tests/unit/app/test_sign_in.py",
                    "test_signing_in_rotates_the_session_and_ends_the_old_one",
                ),
                *found_in("tests/contract/test_sessions.py", "test_a_stored_session_is_found_with_its_user"),
                *found_in("tests/contract/test_sealer.py", "test_a_token_shows_nothing_of_the_text"),
            ),
        ),
        ((t("Sign in"), "/sign-in"), (t("Register"), "/register")),
        (Quoted.SIGN_IN, Quoted.SEALER),
    ),
    Highlight(
        t("Observability"),
        Claim(
            "observability",
            t("Typed log targets/messages separate operational signal from deep diagnostics."),
            (
                *found_in(
                    "tests/unit/infra/tracing/test_live_feed.py", "test_only_what_is_on_the_list_is_kept"
                ),
                *found_in("tests/unit/infra/logs/test_formatter.py", "test_a_record_is_one_json_object"),
                *found_in(
                    "tests/unit/infra/logs/test_redaction.py",
                    "test_nothing_named_like_a_credential_is_logged",
                ),
            ),
        ),
        ((t("Live log"), "/#live"), (t("Readiness"), "/api/ready")),
        (Quoted.PILLS, Quoted.REDACTED),
    ),
)
