"""Every `data-testid` that other people's scripts rely on is rendered by its component."""

from collections.abc import Callable
from typing import Any

import pytest
import reflex as rx

from portfolio_app.app.ports.messages import END
from portfolio_app.http.account.parts import register_form, sign_in_form
from portfolio_app.http.chat.composer import line_composer
from portfolio_app.http.chat.controls import RowHandlers
from portfolio_app.http.chat.panel import History, chat_panel
from portfolio_app.http.content.source import Quoted, passage
from portfolio_app.http.home.page import Fact, first_trace_panel, pulse_panel
from portfolio_app.http.home.second_tab import second_tab
from portfolio_app.http.kit.layout import stat_card
from portfolio_app.http.kit.shell import Links, shell
from portfolio_app.http.log.controls import LogControls
from portfolio_app.http.log.network import NetworkTable, network_panel, network_row
from portfolio_app.http.log.panel import LogActions, LogReadings, log_panel, log_row
from portfolio_app.http.log.trace import OpenTrace, trace_dialog
from portfolio_app.http.moderation.parts import audit_trail, moderation_queue
from portfolio_app.http.showcase.parts import highlight_card, snippet


def _rows() -> rx.Var[list[dict[str, Any]]]:
    return rx.Var("rows", _var_type=list[dict[str, Any]]).guess_type()


def _flag() -> rx.Var[bool]:
    return rx.Var("flag", _var_type=bool).guess_type()


def _nothing(*_: object) -> Any:
    return rx.noop()


def _chat() -> rx.Component:
    return chat_panel(
        room="Lobby",
        rows=_rows(),
        history=History(0, END, rx.noop(), rx.noop(), rx.noop(), rx.noop()),
        ready=_flag(),
        held_before=0,
        missing=_flag(),
        on_send=rx.noop(),
        on=RowHandlers(*[_nothing] * 12),
        error="",
        posting_as="demo",
        is_guest=_flag(),
    )


def _shell(links: Links = ()) -> rx.Component:
    name = rx.Var("name", _var_type=str).guess_type()
    return shell(
        site="Site",
        nav=(),
        links=links,
        current_user=name,
        is_moderator=_flag(),
        notice="",
        news="",
        refusal="",
        connection="live",
        sign_out=rx.noop(),
    )


def _var(name: str, kind: Any) -> Any:
    return rx.Var(name, _var_type=kind).guess_type()


def _row() -> Any:
    return _var("row", dict[str, Any])


def _log() -> rx.Component:
    numbers = [_var(name, int) for name in ("count", "shown", "earlier", "newest", "copied")]
    return log_panel(
        LogReadings(_rows(), *numbers, _var("words", str)),
        LogControls(
            paused=_flag(),
            waiting=_var("waiting", int),
            filtered=_flag(),
            query=_var("query", str),
            level=_var("level", str),
            targets=_rows(),
            on_pause=rx.noop(),
            on_query=_nothing,
            on_level=_nothing,
            on_target=_nothing,
            on_clear=rx.noop(),
            on_export=rx.noop(),
        ),
        _log_actions(),
        each="",
    )


def _log_actions() -> LogActions:
    return LogActions(on_copy=_nothing, on_trace=_nothing, on_earlier=rx.noop(), on_keys=_var("keys", str))


def _log_row() -> rx.Component:
    return log_row(_row(), actions=_log_actions(), reachable=_flag(), copied=_flag())


def _network() -> rx.Component:
    table = NetworkTable(
        rows=_rows(),
        count=_var("count", int),
        column=_var("column", str),
        direction=_var("direction", str),
        on_sort=_nothing,
        on_keys=_var("keys", str),
    )
    return network_panel(table, each="")


def _network_row() -> rx.Component:
    return network_row(_row(), on_trace=_nothing, reachable=_flag())


def _trace() -> rx.Component:
    return trace_dialog(
        OpenTrace(
            status=_var("status", str),
            wanted=_var("wanted", str),
            trace=_row(),
            problem=_var("problem", str),
            on_close=rx.noop(),
            on_retry=rx.noop(),
        )
    )


def _arrival() -> rx.Component:
    return rx.fragment(
        first_trace_panel(_row(), _var("about", str)),
        line_composer(suggested="Hello", on_send=rx.noop(), error="", posting_as="demo"),
        second_tab(_flag(), _var("address", str)),
    )


CHAT = (
    "chat-log chat-message chat-author chat-body chat-input chat-send chat-error chat-room "
    "data-message-id data-rev data-status day message-menu message-edit message-delete message-reply message-react "
    "message-report message-takedown unread-line older"
)
CONTRACT: list[tuple[Callable[[], rx.Component], str]] = [
    (_chat, CHAT),
    (_shell, "connection data-state current-user sign-out"),
    (_log, "log-panel log-empty log-count log-shown log-pause log-query log-level log-export log-waiting"),
    (_log_row, "log-row data-target data-request-id data-level log-copy log-trace"),
    (_network, "network-panel network-empty network-count"),
    (_network_row, "network-row data-method data-path data-status data-request-id"),
    (_trace, "trace trace-span data-layer data-start-us data-duration-us trace-missing trace-failed"),
    (
        _arrival,
        "arrival data-state arrival-span data-layer data-start-us data-duration-us hello-input hello-send second-tab",
    ),
    (lambda: sign_in_form(on_submit=rx.noop(), error=""), "field-email field-password submit form-error"),
    (
        lambda: register_form(on_submit=rx.noop(), error=""),
        "field-email field-username field-password submit form-error",
    ),
    (
        lambda: moderation_queue(
            rows=_rows(),
            ready=_flag(),
            count=0,
            on_approve=_nothing,
            on_keep=_nothing,
            on_remove=_nothing,
            on_filter=_nothing,
            on_mute=_nothing,
            on_ban=_nothing,
            on_more=rx.noop(),
            on_dismiss=rx.noop(),
        ),
        "moderation-row data-message-id moderation-approve moderation-remove",
    ),
    (lambda: audit_trail(rows=_rows(), ready=_flag()), "audit-row"),
    (lambda: snippet(passage(Quoted.TARGET)), "snippet"),
    (lambda: highlight_card("Security", "", (), ()), "highlight-card"),
    (lambda: stat_card("4 layers", "domain, app, infra, http", "/proof#layers", ""), "stat-card"),
    (
        lambda: pulse_panel([Fact("Up", rx.Var("up", _var_type=str).guess_type())], rx.fragment(), "live"),
        "fact",
    ),
]


@pytest.mark.parametrize(("build", "names"), CONTRACT)
def test_a_component_carries_the_names_of_the_contract(build: Callable[[], rx.Component], names: str) -> None:
    rendered = str(build().render())
    assert [name for name in names.split() if f'"{name}"' not in rendered] == []


def test_two_links_of_the_owner_that_are_called_the_same_are_both_there() -> None:
    drawn = str(_shell((("Code", "https://one.example"), ("Code", "https://two.example"))).render())
    assert "https://one.example" in drawn
    assert "https://two.example" in drawn
