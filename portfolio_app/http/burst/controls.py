"""The settings of a burst: how many requests, how many at a time, and what each of them touches."""

from dataclasses import dataclass
from typing import Final

import reflex as rx

from portfolio_app.app.burst.notes import STALL_MS
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Number, Text
from portfolio_app.http.kit.layout import fold
from portfolio_app.http.kit.marks import icon
from portfolio_app.words import parts, t

WORKLOADS: Final = {
    "noop": (t("No-op"), t("The edge only: middleware, route, trace.")),
    "read": (t("Read"), t("One database query.")),
    "write": (t("Write"), t("One row, the whole path: use case, unit of work, table.")),
}
LOOPS: Final = {
    "closed": (t("Closed loop"), t("Each is sent when another is answered.")),
    "open": (t("Open loop"), t("Each is sent when it is due, whatever the answers do.")),
    "ramp": (
        t("Ramp"),
        t("An open loop that comes up to its rate in 8 steps, to find where the server falls behind."),
    ),
}
RATES: Final = (10, 1000, 10)
SIZES: Final = (10, 5000, 10)
WORKERS: Final = (1, 64, 1)
"""Lowest, highest and step of a slider."""


@dataclass(frozen=True, slots=True)
class BurstControls:
    """The settings as Vars, and what changes them; `elsewhere` says that another tab runs a burst.

    `on_size`, `on_workers`, `on_mode`, `on_loop` and `on_rate` take the new value; `group` begins the names of the
    radio buttons, which choose one another off wherever on a page they share a name.
    """

    size: Number
    workers: Number
    mode: rx.Var[str]
    busy: rx.Var[bool]
    elsewhere: rx.Var[bool]
    cancellable: rx.Var[bool]
    stallable: rx.Var[bool]
    loop: rx.Var[str]
    rate: Number
    on_size: Handler
    on_workers: Handler
    on_mode: Handler
    on_run: Handler
    on_cancel: Handler
    on_loop: Handler
    on_rate: Handler
    on_stall: Handler
    group: str = "burst-mode"


def _slider(
    label: Child, value: Number, scale: tuple[int, int, int], on_change: Handler, *, name: str
) -> rx.Component:
    low, high, step = scale
    return rx.el.label(
        rx.el.span(label),
        rx.el.input(
            type="range",
            min=low,
            max=high,
            step=step,
            value=value,
            on_change=on_change,
            class_name="burst-slider",
            data_testid=name,
        ),
        rx.el.span(rx.el.span(low), rx.el.span(high), class_name="burst-scale", aria_hidden="true"),
        class_name="burst-setting",
    )


def _choice(
    value: str, words: tuple[str, str], *, group: str, chosen: Flag, on_change: Handler, test_id: str
) -> rx.Component:
    name, explained = words
    return rx.el.label(
        rx.el.input(
            type="radio",
            name=group,
            value=value,
            checked=chosen,
            on_change=on_change,
            class_name="burst-radio",
            data_testid=test_id,
        ),
        rx.el.span(rx.el.b(name), " ", rx.el.span(explained, class_name="burst-touches")),
        class_name="burst-workload",
    )


def _workload(mode: str, controls: BurstControls) -> rx.Component:
    return _choice(
        mode,
        WORKLOADS[mode],
        group=controls.group,
        chosen=controls.mode == mode,
        on_change=controls.on_mode,
        test_id=f"burst-mode-{mode}",
    )


def _loop(loop: str, controls: BurstControls) -> rx.Component:
    return _choice(
        loop,
        LOOPS[loop],
        group=f"{controls.group}-loop",
        chosen=controls.loop == loop,
        on_change=controls.on_loop,
        test_id=f"burst-loop-{loop}",
    )


def _run(controls: BurstControls) -> rx.Component:
    words: Text = rx.cond(
        controls.elsewhere,
        t("Running in another tab"),
        rx.cond(controls.busy, t("Running…"), t("Run the load")),
    )
    return rx.el.div(
        button(
            rx.fragment(icon("play"), words),
            kind="primary",
            on_click=controls.on_run,
            idle=controls.busy,
            test_id="burst-run",
        ),
        button(
            t("Cancel"),
            icon_name="close",
            on_click=controls.on_cancel,
            idle=~controls.cancellable,
            test_id="burst-cancel",
        ),
        button(
            t("Stall the server for {n} ms", n=STALL_MS),
            on_click=controls.on_stall,
            idle=~controls.stallable,
            test_id="burst-stall",
        ),
        rx.el.p(
            t("Your own run alone waits, once. A closed loop waits with it, and its percentiles hide that."),
            class_name="burst-stall-note",
        ),
        class_name="burst-buttons",
    )


def _group(legend: str, *settings: Child, disabled: Flag) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="burst-legend"),
        *settings,
        disabled=disabled,
        class_name="burst-group",
    )


def burst_controls(controls: BurstControls) -> rx.Component:
    """Sliders, workloads and the two buttons; the settings hold still while a burst runs."""
    settings = (
        _group(
            t("How much"),
            _slider(
                t("Burst size: {n} requests", n=controls.size),
                controls.size,
                SIZES,
                controls.on_size,
                name="burst-size",
            ),
            _slider(
                rx.fragment(
                    f"{t('Concurrency:')} ",
                    controls.workers,
                    rx.cond(controls.workers == 1, f" {t('worker')}", f" {t('workers')}"),
                ),
                controls.workers,
                WORKERS,
                controls.on_workers,
                name="burst-workers",
            ),
            disabled=controls.busy,
        ),
        _group(
            t("Each request touches"),
            *(_workload(mode, controls) for mode in WORKLOADS),
            disabled=controls.busy,
        ),
        _group(
            t("When each is sent"),
            *(_loop(loop, controls) for loop in LOOPS),
            _slider(
                t("Rate of an open loop, highest of a ramp: {n} a second", n=controls.rate),
                controls.rate,
                RATES,
                controls.on_rate,
                name="burst-rate",
            ),
            disabled=controls.busy,
        ),
    )
    chosen = rx.el.span(
        *parts("Settings: {size} requests, {workers} at a time", size=controls.size, workers=controls.workers)
    )
    return rx.el.div(
        fold(chosen, rx.el.div(*settings, class_name="burst-settings")),
        _run(controls),
        class_name="burst-controls",
    )
