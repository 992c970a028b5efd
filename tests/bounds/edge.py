"""Bounds of what answers browsers: requests, websockets, frames, events."""

import hashlib
import re
from types import SimpleNamespace
from typing import Any, Final

import reflex as rx

from portfolio_app.app.identity import current_user
from portfolio_app.http.transport.headers import header
from tests.bounds.bound import HTTP, UNIT, Bound, admit_all, no, nothing, same, yes

ATTACKED: Final = "tests/attacked"
FRAMES: Final = "portfolio_app.http.transport.frames"
FRAME_TESTS: Final = f"{HTTP}/frames/test_filter.py"
VISITORS: Final = "portfolio_app.http.transport.middleware.visitors"
_FORM: Final = rx.el.form


def _from_the_left(scope: Any) -> list[str]:
    said = dict(scope["headers"])[b"x-forwarded-for"].decode()
    return [part.strip() for part in said.split(",")][::-1]


def _of_every_session(data: bytes) -> object:
    return hashlib.sha256(data.rpartition(b":")[2])


def _without_an_address(*children: Any, method: str, action: object, **attributes: Any) -> Any:
    return _FORM(*children, **attributes)


async def _as_named(_: object, slug: str) -> Any:
    return SimpleNamespace(slug=slug)


def _unparsed(dto: Any, payload: Any) -> object:
    return dto.model_construct(**payload)


BOUNDS: Final = [
    Bound(
        "one network for an IPv6 household",
        f"{HTTP}/middleware/test_http.py::test_a_household_is_one_whichever_of_its_addresses_it_calls_from[0]",
        f"{VISITORS}.network_of",
        same,
    ),
    Bound(
        "/metrics for the operator alone",
        f"{HTTP}/test_metrics.py::test_nobody_else_is_told[8.8.8.8]",
        f"{VISITORS}.is_operator",
        yes,
    ),
    Bound(
        "https with a trusted proxy only",
        f"{UNIT}/test_settings.py::test_values_that_do_not_go_together_are_refused[environment2-TRUSTED_PROXY_HOPS]",
        "portfolio_app.settings.Settings._check_combinations",
        nothing,
    ),
    Bound(
        "one host in a request",
        f"{HTTP}/middleware/test_guard.py::test_a_request_names_one_host[1.1-hosts4-400]",
        "portfolio_app.http.transport.middleware.guard._names_one_host",
        yes,
    ),
    Bound(
        "no host in a redirect",
        f"{HTTP}/middleware/test_documents.py"
        "::test_an_odd_path_to_a_folder_leads_to_it_on_the_same_host[a dot]",
        "portfolio_app.http.transport.middleware.documents._here",
        same,
    ),
    Bound(
        "the middleware around every answer",
        f"{HTTP}/middleware/test_front.py::test_what_the_site_answers_is_behind_the_middleware_with_endpoints_in_front_or_not",
        "portfolio_app.http.asgi.wrap",
        same,
    ),
    Bound(
        "where a tab says it is",
        f"{HTTP}/frames/test_fuzz.py::test_mutated_frames_pass_as_events_that_are_allowed_or_not_at_all",
        "portfolio_app.http.transport.frames.filter._is_path",
        lambda value: isinstance(value, str),
    ),
    Bound(
        "the path of a tab",
        f"{FRAME_TESTS}::test_the_path_of_a_tab_is_no_longer_than_an_address[asPath]",
        f"{FRAMES}.filter.LONGEST_PATH",
        10**9,
    ),
    Bound(
        "the query of a tab",
        f"{FRAME_TESTS}::test_a_query_that_would_be_much_to_keep_is_left_behind[query1-False]",
        f"{FRAMES}.filter.MOST_PARAMETERS",
        10**9,
    ),
    Bound(
        "what a state keeps of what was refused",
        f"{ATTACKED}/test_handlers.py::test_a_state_keeps_no_more_of_what_was_refused_than_its_form_takes",
        "portfolio_app.http.log.state.kept_text",
        lambda given, _: given,
    ),
    Bound(
        "what engine.io keeps of a message",
        f"{HTTP}/middleware/test_socket_limits.py"
        "::test_a_long_message_is_followed_by_nothing_so_that_engine_io_does_not_keep_it",
        "portfolio_app.http.transport.middleware.websockets.MOST_KEPT",
        10**9,
    ),
    Bound(
        "websockets of other sites",
        f"{HTTP}/middleware/test_websockets.py::test_another_sites_page_can_not_open_a_websocket[https://evil.example]",
        "portfolio_app.http.transport.origins.OriginRule.allows",
        yes,
    ),
    Bound(
        "effects asked for by other sites",
        f"{HTTP}/middleware/test_guard.py::test_only_this_site_can_ask_for_an_effect[POST-headers0-403]",
        "portfolio_app.http.transport.middleware.guard._is_welcome",
        yes,
    ),
    Bound(
        "the address that our proxy saw",
        f"{HTTP}/middleware/test_client_network.py::test_the_address_is_the_one_our_outermost_proxy_saw"
        "[6.6.6.6, 1.1.1.1-1-1.1.1.1]",
        f"{VISITORS}._chain",
        _from_the_left,
    ),
    Bound(
        "a policy of pages",
        f"{HTTP}/middleware/test_policy.py::test_a_page_may_not_evaluate_text_be_framed_or_post_elsewhere",
        "portfolio_app.http.transport.middleware.policy.PagePolicies.of",
        lambda *_: "default-src *",
    ),
    Bound(
        "the size of a frame",
        f"{HTTP}/frames/test_filter.py::test_binary_and_oversized_frames_end_the_connection[text1-1009]",
        "portfolio_app.http.transport.frames.filter.MAX_FRAME",
        10**9,
    ),
    Bound(
        "frames of a connection",
        f"{HTTP}/frames/test_filter.py::test_a_flood_ends_the_connection_whatever_is_in_it",
        "portfolio_app.app.token_bucket.TokenBucket.take",
        yes,
    ),
    Bound(
        "sockets of a session that was ended",
        f"{HTTP}/frames/test_registry.py::test_a_revoked_session_loses_its_sockets_at_once_and_a_replaced_one_after_a_moment",
        "portfolio_app.http.transport.frames.registry.SocketRegistry.on_event",
        admit_all,
    ),
    Bound(
        "readiness asked often",
        f"{HTTP}/test_health.py::test_asking_often_asks_the_database_once",
        "portfolio_app.http.transport.monitoring.READINESS_CACHED_S",
        0.0,
    ),
    Bound(
        "processor time of a network",
        f"{UNIT}/app/test_processor_time.py::test_who_is_within_budget_does_not_wait_for_those_who_are_not",
        "portfolio_app.app.processor_time.Account.lane",
        nothing,
    ),
    Bound(
        "a member's cookie without an Origin",
        f"{HTTP}/middleware/test_websockets.py::test_without_an_origin_the_cookie_counts_for_nothing",
        f"{VISITORS}.header",
        lambda scope, name: b"" if name == b"origin" else header(scope, name),
    ),
    Bound(
        "a tab's token within its session",
        f"{HTTP}/middleware/test_tab_token.py::test_the_same_token_from_another_session_is_another_tab",
        "portfolio_app.http.transport.caller.hashlib",
        SimpleNamespace(sha256=_of_every_session),
    ),
    Bound(
        "handlers that are for browsers",
        f"{HTTP}/frames/test_events.py::test_setters_and_helpers_are_not_for_browsers[setvar]",
        f"{FRAMES}.events._is_meant_for_browsers",
        yes,
    ),
    Bound(
        "vars that live in a browser's storage",
        f"{HTTP}/frames/test_events.py::test_hydration_takes_browser_storage_for_vars_that_live_there_and_no_others",
        f"{FRAMES}.events._is_in_browser_storage",
        yes,
    ),
    Bound(
        "types of what an event carries",
        f"{HTTP}/test_action.py::test_what_is_not_the_request_reaches_no_handler[text]",
        "portfolio_app.http.transport.action.parse",
        _unparsed,
    ),
    Bound(
        "events that are known",
        f"{HTTP}/middleware/test_websockets.py::test_what_a_tab_says_is_filtered_and_the_rest_passes",
        f"{FRAMES}.filter.FrameFilter._narrow",
        lambda _, event: event,
    ),
    Bound(
        "bytes that a socket has not read",
        f"{HTTP}/frames/test_unread.py::test_one_byte_too_many_drops_the_socket_and_its_queue",
        f"{FRAMES}.unread.Unread.drop",
        nothing,
    ),
    Bound(
        "events of a socket whose network is over budget",
        f"{HTTP}/middleware/test_socket_limits.py"
        "::test_a_client_over_budget_is_heard_again_when_most_of_what_it_asked_is_answered",
        "portfolio_app.http.transport.middleware.websockets.MOST_PENDING_OVER",
        10**6,
    ),
    Bound(
        "what a browser reports",
        f"{HTTP}/frames/test_events.py::test_a_browsers_error_report_is_shortened_to_printable_text",
        f"{FRAMES}.events._printable",
        str,
    ),
    Bound(
        "the key of a stream in no address",
        f"{HTTP}/test_stream_keys.py::test_a_key_in_the_address_is_refused_and_nobody_sees_it[key=canary-]",
        "portfolio_app.http.transport.headers.KEY_PARAMETER",
        "other",
    ),
    Bound(
        "events of a connection that is gone",
        f"{UNIT}/app/test_processor_time.py::test_over_budget_nothing_runs_for_a_connection_that_is_gone",
        "portfolio_app.app.processor_time.Account.is_over",
        no,
    ),
    Bound(
        "an address of its own for a form",
        f"{UNIT}/http/kit/test_form.py::test_every_form_of_a_page_posts_to_an_address_of_its_own[/sign-in]",
        "portfolio_app.http.kit.form.rx.el.form",
        _without_an_address,
    ),
    Bound(
        "a room that is found before it is joined",
        f"{UNIT}/http/chat/test_state.py::test_an_address_that_names_no_room_lets_a_tab_listen_to_nothing[/chat/nowhere]",
        "portfolio_app.app.chat.read_room.FindRoom.__call__",
        _as_named,
    ),
    Bound(
        "moderation for moderators",
        f"{ATTACKED}/test_handlers.py::test_what_is_for_others_is_refused_in_words_and_writes_nothing",
        "portfolio_app.app.moderation.decide.require_moderator",
        current_user,
    ),
    Bound(
        "threads that work for one network",
        f"{UNIT}/infra/test_threads.py::test_the_work_of_one_network_leaves_threads_to_the_others",
        "portfolio_app.infra.threads.OF_A_NETWORK",
        10**6,
    ),
    Bound(
        "what no page sends to a handler",
        f"{ATTACKED}/test_handlers.py::test_what_no_page_sends_is_refused_to_everybody_and_writes_nothing",
        "portfolio_app.http.transport.action.parse",
        _unparsed,
    ),
    Bound(
        "a length that is a number",
        f"{ATTACKED}/test_routes.py::test_whatever_is_asked_is_answered_and_changes_nothing_of_others",
        "portfolio_app.http.transport.middleware.guard._LENGTH",
        re.compile(".*"),
    ),
]
