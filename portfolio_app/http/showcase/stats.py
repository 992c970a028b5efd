"""The four cards under the hero."""

from typing import Final

from portfolio_app.http.showcase.claims import Claim, found_in

STATS: Final = (
    Claim(
        "layers",
        "4 Layers: domain -> app -> infra -> http",
        found_in("tests/unit/test_gate.py", "test_no_import_runs_against_the_arrows_between_the_layers"),
    ),
    Claim(
        "live-stream",
        "1 Live Stream: per visitor session, fanout across tabs",
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
        "Typed Contracts: DTO -> command -> domain -> SQL row",
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
        "Guardrails On: CI checks + centralized error mapping",
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
