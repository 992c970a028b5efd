"""Bounds of what arrives at a connection before it is a request: bytes, headers, and how much is parsed at once."""

from typing import Final

from tests.bounds.bound import UNIT, Bound, nothing

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
    Bound(
        "a body that nobody has asked for",
        f"{TESTS}::test_a_body_waits_in_the_line_until_the_site_wants_it",
        f"{HTTP}.Http._is_behind",
        lambda connection: bool(connection.pipeline),
    ),
    Bound(
        "bytes that are parsed in a turn",
        f"{TESTS}::test_much_that_arrives_at_once_is_parsed_in_turns_and_its_cost_is_known",
        f"{HTTP}.TURN",
        10**9,
    ),
    Bound(
        "the cost of reading a request",
        f"{UNIT}/http/transport/middleware/test_measured.py::test_what_it_cost_to_read_a_request_is_paid_by_its_network",
        "portfolio_app.app.processor_time.Account.spend",
        nothing,
    ),
    Bound(
        "memory that was freed",
        f"{UNIT}/infra/test_allocator.py::test_what_a_large_block_took_goes_back_however_often_there_was_one",
        "portfolio_app.infra.allocator.return_freed_memory",
        nothing,
    ),
]
