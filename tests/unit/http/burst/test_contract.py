"""Every `data-testid` that other people's scripts rely on is rendered by its component."""

from collections.abc import Callable

import pytest
import reflex as rx

from portfolio_app.http.burst.controls import BurstControls, burst_controls
from portfolio_app.http.burst.live import BurstReadings, Figure, burst_live
from portfolio_app.http.burst.receipt import receipt_body
from tests.unit.http.kit.test_contract import _flag, _nothing, _row, _var

RECEIPT = (
    "burst-receipt ledger-sent ledger-received ledger-stored ledger-pushed ledger-mismatches "
    "burst-p50 burst-p95 burst-p99 burst-rps"
)


def _burst_controls() -> rx.Component:
    return burst_controls(
        BurstControls(
            size=_var("size", int),
            workers=_var("workers", int),
            mode=_var("mode", str),
            busy=_flag(),
            elsewhere=_flag(),
            cancellable=_flag(),
            stallable=_flag(),
            loop=_var("loop", str),
            rate=_var("rate", int),
            on_size=_nothing,
            on_workers=_nothing,
            on_mode=_nothing,
            on_run=rx.noop(),
            on_cancel=rx.noop(),
            on_loop=_nothing,
            on_rate=_nothing,
            on_stall=rx.noop(),
        )
    )


def _burst_live() -> rx.Component:
    return burst_live(
        BurstReadings(
            phase=_var("phase", str),
            status=_var("status", str),
            problem=_var("problem", str),
            unsaved=_flag(),
            total=_var("total", int),
            ended=_var("ended", int),
            facts=(Figure("Sent", "12"),),
            chart=rx.Var.create({}),
            words=_var("words", str),
            on_save=rx.noop(),
        )
    )


CONTRACT: list[tuple[Callable[[], rx.Component], str]] = [
    (_burst_controls, "burst-size burst-workers burst-run burst-cancel"),
    (_burst_live, "burst-progress burst-status"),
    (lambda: receipt_body(_row()), RECEIPT),
]


@pytest.mark.parametrize(("build", "names"), CONTRACT)
def test_a_component_carries_the_names_of_the_contract(build: Callable[[], rx.Component], names: str) -> None:
    rendered = str(build().render())
    assert [name for name in names.split() if f'"{name}"' not in rendered] == []
