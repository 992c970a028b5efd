"""Bounds of what arrives at a connection before it is a request: bytes, headers, and how much is parsed at once."""

from typing import Final

from tests.bounds.bound import UNIT, Bound

TESTS: Final = f"{UNIT}/launcher/connections/test_requests.py"
HTTP: Final = "portfolio_app.launcher.protocols"
BOUNDS: Final = [
    Bound(
        "requests that are parsed ahead",
        f"{TESTS}::test_requests_wait_in_the_line_until_those_before_them_are_answered",
        f"{HTTP}.Http._is_behind",
        lambda _: False,
    ),
    Bound(
        "headers of a request",
        f"{TESTS}::test_a_head_has_so_many_headers_and_bytes[one more]",
        f"{HTTP}.MAX_FIELDS",
        10**9,
    ),
    Bound(
        "bytes of a head",
        f"{TESTS}::test_a_head_has_so_many_headers_and_bytes[longer]",
        f"{HTTP}.MAX_HEAD_BYTES",
        10**9,
    ),
    Bound(
        "bytes around a body",
        f"{TESTS}::test_what_is_sent_around_a_body_ends_the_connection_when_it_is_too_much[an extension]",
        f"{HTTP}.MAX_MESSAGE_BYTES",
        10**9,
    ),
    Bound(
        "answers that the system keeps",
        f"{TESTS}::test_a_client_that_reads_nothing_has_few_requests_answered",
        f"{HTTP}.MAX_WRITTEN_BYTES",
        100_000_000,
    ),
]
