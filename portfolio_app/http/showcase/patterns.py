"""Six patterns of this code, each with the code itself and why it is easy to keep."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.http.content.source import Quoted
from portfolio_app.http.showcase.claims import Claim, found_in
from portfolio_app.words import t


@dataclass(frozen=True, slots=True)
class Pattern:
    """`kind` says what the `chips` are: a scope, a technique, an outcome."""

    title: str
    claim: Claim
    why: Claim
    kind: str
    chips: tuple[str, ...]
    quoted: Quoted


CONCRETE: Final = Claim(
    "patterns",
    t("Concrete patterns from this codebase, with real snippets and why each choice is maintainable."),
    found_in("tests/unit/http/content/test_quotes.py", "test_everything_quoted_is_the_source_as_it_stands"),
)

PATTERNS: Final = (
    Pattern(
        t("Boundary-first modelling"),
        Claim(
            "boundaries",
            t(
                "App defines contracts and infra implements mechanisms, so policy stays stable as storage evolves."
            ),
            found_in("tests/unit/test_gate.py", "test_no_import_runs_against_the_arrows_between_the_layers"),
        ),
        Claim(
            "contract-tests",
            t(
                "One set of contract tests runs against the fake, SQLite and PostgreSQL: another store is one more "
                "adapter."
            ),
            (
                *found_in(
                    "tests/unit/test_gate.py",
                    "test_the_contract_of_rooms_is_asked_of_the_fake_sqlite_and_postgresql",
                ),
                *found_in(
                    "tests/contract/test_rooms.py",
                    "test_revisions_are_taken_one_by_one_and_seen_by_the_same_transaction",
                    "test_an_unknown_room_has_no_revisions",
                ),
            ),
        ),
        t("Scope"),
        ("domain", "app", "infra", "http"),
        Quoted.ROOM_REPOSITORY,
    ),
    Pattern(
        t("Typed invariants"),
        Claim(
            "invariants",
            t(
                "Enums and value objects move correctness checks to type-check and construction time and reduce "
                "typo-prone runtime branching."
            ),
            (
                *found_in(
                    "tests/unit/domain/test_message.py",
                    "test_a_body_can_not_be_made_around_the_cleaning",
                    "test_anything_else_is_no_client_id",
                ),
                *found_in("tests/unit/test_types.py", "test_the_type_checker_refuses_what_no_value_may_be"),
            ),
        ),
        Claim(
            "invalid-values",
            t("A wrong value is refused where it is made, and the refusal names the field."),
            (
                *found_in(
                    "tests/unit/domain/test_message.py",
                    "test_anything_else_is_no_slug",
                    "test_anything_else_is_no_client_id",
                ),
                *found_in(
                    "tests/unit/http/transport/test_errors.py", "test_an_invalid_value_points_at_its_field"
                ),
            ),
        ),
        t("Pattern"),
        ("StrEnum", "frozen dataclass", "mypy strict"),
        Quoted.MESSAGE_STATUS,
    ),
    Pattern(
        t("Error contracts"),
        Claim(
            "error-contracts",
            t(
                "Handlers stay focused on workflow while response behavior remains consistent across pages and "
                "endpoints."
            ),
            (
                *found_in(
                    "tests/unit/http/transport/test_errors.py",
                    "test_every_error_of_domain_and_app_has_a_row_of_its_own",
                ),
                *found_in(
                    "tests/socket/test_frames.py",
                    "test_a_payload_of_any_other_type_is_answered_without_a_traceback",
                ),
            ),
        ),
        Claim(
            "error-texts",
            t("An error nobody foresaw keeps its text to itself and names the request to ask about."),
            found_in(
                "tests/unit/http/transport/test_errors.py",
                "test_an_unforeseen_error_keeps_its_text_to_itself_and_names_the_request",
            ),
        ),
        t("Outcome"),
        (t("consistency"), t("clarity"), t("safety")),
        Quoted.ERROR_MAP,
    ),
    Pattern(
        t("Observability"),
        Claim(
            "streams-apart",
            t(
                "Live and diagnostic streams are intentionally separated so users see signal instead of noise."
            ),
            found_in(
                "tests/unit/infra/tracing/test_live_feed.py",
                "test_a_request_that_is_not_live_leaves_nothing",
                "test_only_what_is_on_the_list_is_kept",
            ),
        ),
        Claim(
            "nothing-typed",
            t("A target is a member of one enum, and no row of the log holds what a visitor typed."),
            (
                *found_in(
                    "tests/socket/test_trace.py",
                    "test_nothing_that_a_visitor_typed_or_holds_is_in_the_feed_or_the_export",
                ),
                *found_in("tests/browser/test_log.py", "test_the_log_never_shows_what_was_written"),
            ),
        ),
        t("Built on"),
        ("OpenTelemetry", "SSE", t("typed targets")),
        Quoted.TARGET,
    ),
    Pattern(
        t("Reusable views"),
        Claim(
            "reusable-views",
            t("Shared typed components reduce duplication and make broad UI changes local and safe."),
            (
                *found_in("tests/unit/http/kit/test_stylesheets.py", "test_no_class_name_is_written_twice"),
                *found_in(
                    "tests/unit/test_types.py", "test_the_type_checker_refuses_what_a_component_does_not_take"
                ),
            ),
        ),
        Claim(
            "one-rule",
            t(
                "Every class name is written in one place and has its rule; a leftover on either side fails the gate."
            ),
            found_in(
                "tests/unit/http/kit/test_stylesheets.py",
                "test_every_class_has_a_rule",
                "test_every_rule_has_a_class",
            ),
        ),
        t("Technique"),
        (t("pure components"), t("frozen views"), t("typed props")),
        Quoted.LOG_ROW,
    ),
    Pattern(
        t("Readable wiring"),
        Claim(
            "wiring",
            t(
                "One composition root with named, typed parts makes dependency wiring self-documenting and less "
                "error-prone over time."
            ),
            (
                *found_in(
                    "tests/contract/test_bootstrap.py",
                    "test_a_site_serves_its_services_and_says_that_it_is_ready",
                ),
                *found_in(
                    "tests/unit/test_gate.py", "test_no_import_runs_against_the_arrows_between_the_layers"
                ),
            ),
        ),
        Claim(
            "late-adapters",
            t(
                "An adapter that can't reach its server leaves the site up, and readiness says what is missing."
            ),
            found_in(
                "tests/contract/test_bootstrap.py",
                "test_a_site_starts_without_its_database_and_its_redis_and_says_so",
            ),
        ),
        t("Outcome"),
        (t("readability"), t("maintainability"), t("explicit wiring")),
        Quoted.WIRING,
    ),
)
