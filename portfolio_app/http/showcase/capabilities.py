"""What the four tabs of the showcase claim, beside the visitor's own facts."""

from typing import Final

from portfolio_app.http.showcase.claims import Claim, found_in

WORKSPACE: Final = Claim(
    "capabilities",
    "Each tab maps to a concrete capability in this workspace: auth durability, boundary-safe flows, "
    "observability, and live chat delivery.",
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
    "Encrypted cookies and durable sessions in PostgreSQL or SQLite keep identity consistent across requests.",
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
    "Transport, policy, domain invariants, and persistence stay separated by typed handoffs.",
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
    "Request spans, live logs, and pushed state patches make behavior inspectable while the app runs.",
    found_in(
        "tests/browser/test_log.py",
        "test_one_post_shows_request_use_case_sql_and_push_in_every_tab_of_its_author_only",
    ),
)
CONTROLS: Final = Claim(
    "chat-path",
    "A complete request -> validate -> persist -> broadcast path with moderation and rate limiting.",
    (
        *found_in(
            "tests/browser/test_chat.py",
            "test_a_post_reaches_another_visitor_and_both_tabs_of_its_author",
            "test_the_sixth_fast_message_fails_with_the_wait_named_and_can_be_sent_again",
        ),
        *found_in(
            "tests/browser/test_accounts.py",
            "test_a_held_message_is_its_authors_alone_until_a_moderator_approves_it",
        ),
    ),
)
CAPABILITIES: Final = (WORKSPACE, IDENTITY, FLOW, EMISSION, CONTROLS)
