"""Bounds of a connection before it is a request: whose it is, bytes, headers, and how much is parsed at once."""

from typing import Final

from engineio.async_drivers.asgi import WebSocket

from portfolio_app.app.lanes import Share
from tests.bounds.bound import HTTP as ROUTES
from tests.bounds.bound import UNIT, Bound, no, nothing, yes

TESTS: Final = f"{UNIT}/launcher/connections/test_requests.py"
FRAMING: Final = f"{UNIT}/launcher/connections/test_framing.py"
HTTP: Final = "portfolio_app.launcher.protocols"
BOUNDS: Final = [
    Bound(
        "one network for all addresses that a tunnel gives an IPv4 address",
        f"{UNIT}/app/test_caller.py::test_a_network_is_an_ipv4_address_or_a_64_of_ipv6[2002:cb00:7107::1-203.0.113.7]",
        "ipaddress.IPv6Address.sixtofour",
        None,
    ),
    Bound(
        "no metrics for what a proxy on this machine passes on",
        f"{ROUTES}/test_metrics.py::test_it_is_the_socket_that_counts[127.0.0.1-0-via]",
        "portfolio_app.http.transport.middleware.visitors._FORWARDED",
        (),
    ),
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
        "bytes of an address",
        f"{TESTS}::test_an_address_has_so_many_bytes[30000-414]",
        f"{HTTP}.MAX_TARGET_BYTES",
        10**9,
    ),
    Bound(
        "codings of a body on its way",
        (
            f"{FRAMING}::test_a_body_is_coded_for_its_way_in_chunks_or_not_at_all"
            "[1.1-transfer-encoding: gzip, chunked-501]"
        ),
        f"{HTTP}.check_coding",
        nothing,
    ),
    Bound(
        "handshakes that can't be read",
        f"{UNIT}/launcher/connections/test_websockets.py"
        "::test_what_can_not_be_read_as_a_handshake_is_answered_and_closed[a body]",
        "portfolio_app.launcher.websockets.Websocket._refuse_handshake",
        nothing,
    ),
    Bound(
        "headers of a handshake that are kept",
        f"{UNIT}/launcher/connections/test_websockets.py::test_the_headers_of_a_handshake_are_not_kept",
        "portfolio_app.launcher.websockets.Websocket._forget_head",
        nothing,
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
        f"{UNIT}/http/transport/middleware/test_budgeted.py::test_what_it_cost_to_read_a_request_is_paid_by_its_network",
        "portfolio_app.app.processor_time.Account.spend",
        nothing,
    ),
    Bound(
        "probes",
        f"{UNIT}/http/transport/middleware/test_budgeted.py::test_probes_pay_for_what_they_use",
        "portfolio_app.app.processor_time.PROBES",
        Share(1.0, 10**9, 1.0),
    ),
    Bound(
        "what a burst is refused",
        f"{UNIT}/http/transport/middleware/test_budgeted.py::test_of_a_burst_its_network_pays_for_what_was_refused[403-True]",
        "portfolio_app.http.transport.middleware.measured._REFUSED",
        1_000,
    ),
    Bound(
        "handshakes of websockets",
        f"{UNIT}/http/transport/middleware/test_budgeted.py::test_a_handshake_is_paid_by_its_network_and_an_open_websocket_by_its_own_account",
        "portfolio_app.http.transport.middleware.measured.Budgeted._handshake",
        lambda self, scope, receive, send: self.app(scope, receive, send),
    ),
    Bound(
        "what a network over budget sends",
        f"{UNIT}/launcher/connections/test_turns.py::test_what_a_network_over_budget_sends_waits_for_its_turn_and_nobody_else",
        "portfolio_app.app.processor_time.Account.lane",
        nothing,
    ),
    Bound(
        "connections of a network that wait for their turn",
        f"{UNIT}/launcher/connections/test_turns.py"
        "::test_so_many_connections_of_a_network_wait_and_others_are_dropped_after_a_while",
        "portfolio_app.app.lanes.Lane.waiting",
        lambda *_: 0,
    ),
    Bound(
        "refusals that come at once",
        f"{UNIT}/app/test_late.py::test_a_refusal_waits_and_is_counted_no_longer_than_that",
        "portfolio_app.app.late.Late.begin",
        no,
    ),
    Bound(
        "refusals of a network that wait",
        f"{UNIT}/app/test_late.py::test_so_many_of_a_network_wait_and_the_next_ones_are_said_at_once",
        "portfolio_app.app.late.Late.begin",
        yes,
    ),
    Bound(
        "fields of a payload",
        f"{ROUTES}/test_parsing.py::test_fields_beyond_what_any_request_has_are_not_named_one_by_one",
        "portfolio_app.http.transport.parsing.MOST_FIELDS",
        10**9,
    ),
    Bound(
        "bytes of a body of JSON",
        f"{ROUTES}/test_parsing.py::test_a_long_body_is_not_parsed",
        "portfolio_app.http.transport.parsing.Request.max_body",
        10**9,
    ),
    Bound(
        "what a connection leaves behind",
        f"{UNIT}/launcher/connections/test_freed.py::test_what_was_a_request_before_it_was_a_websocket",
        f"{HTTP}.Http._let_go",
        nothing,
    ),
    Bound(
        "what a tab leaves behind",
        f"{ROUTES}/frames/test_freed.py::test_a_tab_that_leaves",
        "portfolio_app.http.transport.frames.send_queue._Line.wait",
        WebSocket.wait,
    ),
    Bound(
        "memory that was freed",
        f"{UNIT}/infra/test_allocator.py::test_what_a_large_block_took_goes_back_however_often_there_was_one",
        "portfolio_app.infra.allocator.return_freed_memory",
        nothing,
    ),
]
