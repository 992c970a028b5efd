"""What a burst is made of: how many requests, how many at a time, and what each of them touches."""

from dataclasses import dataclass
from typing import Final

import reflex as rx

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Number, Text
from portfolio_app.http.kit.marks import icon

WORKLOADS: Final = {
    "noop": ("No-op", "The edge only: middleware, route, trace."),
    "read": ("Read", "One database query."),
    "write": ("Write", "One row, the whole path: use case, unit of work, table."),
}
SIZES: Final = (10, 5000, 10)
WORKERS: Final = (1, 64, 1)
"""Lowest, highest and step of a slider."""


@dataclass(frozen=True, slots=True)
class BurstControls:
    """The settings as Vars, and what changes them; `elsewhere` says that another tab runs a burst.

    `on_size`, `on_workers` and `on_mode` take the new value; `group` names the radio buttons, which choose
    one another off wherever on a page they share a name.
    """

    size: Number
    workers: Number
    mode: rx.Var[str]
    busy: rx.Var[bool]
    elsewhere: rx.Var[bool]
    cancellable: rx.Var[bool]
    on_size: Handler
    on_workers: Handler
    on_mode: Handler
    on_run: Handler
    on_cancel: Handler
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


def _workload(mode: str, controls: BurstControls) -> rx.Component:
    name, touches = WORKLOADS[mode]
    return rx.el.label(
        rx.el.input(
            type="radio",
            name=controls.group,
            value=mode,
            checked=controls.mode == mode,
            on_change=controls.on_mode,
            class_name="burst-radio",
            data_testid=f"burst-mode-{mode}",
        ),
        rx.el.span(rx.el.b(name), " ", rx.el.span(touches, class_name="burst-touches")),
        class_name="burst-workload",
    )


def _run(controls: BurstControls) -> rx.Component:
    words: Text = rx.cond(
        controls.elsewhere, "Running in another tab", rx.cond(controls.busy, "Running…", "Run the load")
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
            "Cancel",
            icon_name="close",
            on_click=controls.on_cancel,
            idle=~controls.cancellable,
            test_id="burst-cancel",
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
    return rx.el.div(
        _group(
            "How much",
            _slider(
                f"Burst size: {controls.size} requests",
                controls.size,
                SIZES,
                controls.on_size,
                name="burst-size",
            ),
            _slider(
                rx.fragment(
                    "Concurrency: ", controls.workers, rx.cond(controls.workers == 1, " worker", " workers")
                ),
                controls.workers,
                WORKERS,
                controls.on_workers,
                name="burst-workers",
            ),
            disabled=controls.busy,
        ),
        _group(
            "Each request touches",
            *(_workload(mode, controls) for mode in WORKLOADS),
            disabled=controls.busy,
        ),
        _run(controls),
        class_name="burst-controls",
    )
