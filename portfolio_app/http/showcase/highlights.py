"""Three slices of the project, each with the routes and the code it is made of."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.http.content.quotes import Quoted
from portfolio_app.http.showcase.claims import Claim, found_in


@dataclass(frozen=True, slots=True)
class Highlight:
    """`routes` are label and address, `code` what to read first."""

    title: str
    claim: Claim
    routes: tuple[tuple[str, str], ...]
    code: tuple[Quoted, ...]


SLICES: Final = Claim(
    "slices",
    "Three high-signal slices from this project, each tied to working routes and code.",
    (
        *found_in("tests/unit/http/content/test_content.py", "test_every_slice_is_tied_to_routes_that_exist"),
        *found_in(
            "tests/unit/http/content/test_quotes.py", "test_everything_quoted_is_the_source_as_it_stands"
        ),
    ),
)

HIGHLIGHTS: Final = (
    Highlight(
        "Capstone",
        Claim(
            "capstone",
            "End-to-end message path with persistence, moderation, rate limiting, and push fanout.",
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
        (("Chat", "/chat"), ("Moderation", "/moderation")),
        (Quoted.POST_MESSAGE, Quoted.JOURNAL),
    ),
    Highlight(
        "Security",
        Claim(
            "security",
            "Argon2 sign-in and rotating sessions on top of PostgreSQL- or SQLite-backed storage with encrypted "
            "cookies.",
            (
                *found_in(
                    "tests/contract/test_hasher.py",
                    "test_the_sites_own_parameters_are_argon2id_with_19_mebibytes",
                ),
                *found_in(
                    "tests/unit/app/test_accounts.py",
                    "test_signing_in_rotates_the_session_and_ends_the_old_one",
                ),
                *found_in("tests/contract/test_sessions.py", "test_a_stored_session_is_found_with_its_user"),
                *found_in("tests/contract/test_sealer.py", "test_a_token_shows_nothing_of_the_text"),
            ),
        ),
        (("Sign in", "/sign-in"), ("Register", "/register")),
        (Quoted.SIGN_IN, Quoted.SEALER),
    ),
    Highlight(
        "Observability",
        Claim(
            "observability",
            "Typed log targets/messages separate operational signal from deep diagnostics.",
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
        (("Live log", "/#live"), ("Readiness", "/api/ready")),
        (Quoted.PILLS, Quoted.REDACTED),
    ),
)
