"""The controls of the live log: pause, filter, export."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from portfolio_app.http.kit.button import button, toggle
from portfolio_app.http.kit.kinds import Handler, Number, Row, Rows, Text
from portfolio_app.http.kit.marks import HIDDEN, icon
from portfolio_app.words import t


@dataclass(frozen=True, slots=True)
class LogControls:
    """The settings as Vars, and what changes them.

    `targets` has a row per target seen so far, with name, layer and on; `waiting` counts the rows that came
    since the log was paused; `level` is empty, `info` or `error`. The handlers take what was typed or chosen;
    `on_target` is called with a target's name and gives a handler.
    """

    paused: rx.Var[bool]
    waiting: Number
    filtered: rx.Var[bool]
    query: rx.Var[str]
    level: rx.Var[str]
    targets: Rows
    on_pause: Handler
    on_query: Handler
    on_level: Handler
    on_target: Any
    on_clear: Handler
    on_export: Handler


def _pause(controls: LogControls) -> rx.Component:
    # One button whose content changes: swapping whole buttons would drop the keyboard's focus.
    return rx.el.div(
        button(
            rx.cond(
                controls.paused,
                rx.fragment(icon("play"), t("Resume")),
                rx.fragment(icon("pause"), t("Pause")),
            ),
            on_click=controls.on_pause,
            test_id="log-pause",
        ),
        class_name="log-pause",
    )


def _query(controls: LogControls) -> rx.Component:
    return rx.el.label(
        rx.el.span(t("Find in the log"), class_name=HIDDEN),
        rx.el.input(
            type="search",
            value=controls.query,
            on_change=controls.on_query,
            placeholder=t("Find: SQL, id, status…"),
            auto_complete="off",
            spell_check=False,
            class_name="control-input",
            data_testid="log-query",
        ),
        class_name="log-query",
    )


def _level(controls: LogControls) -> rx.Component:
    options = {"": t("Any level"), "info": t("Info"), "error": t("Errors")}
    return rx.el.label(
        rx.el.span(t("Level"), class_name=HIDDEN),
        rx.el.select(
            *(rx.el.option(words, value=value) for value, words in options.items()),
            value=controls.level,
            on_change=controls.on_level,
            class_name="control-select",
            data_testid="log-level",
        ),
    )


def _target(row: Row, controls: LogControls) -> rx.Component:
    return toggle(
        row["name"],
        pressed=row["on"].to(bool),
        layer=row["layer"],
        on_click=controls.on_target(row["name"]),
        data_testid="log-target",
    )


def _targets(controls: LogControls) -> rx.Component:
    return rx.el.div(
        rx.cond(
            controls.targets.length() > 0,
            rx.foreach(controls.targets, lambda row: _target(row, controls)),
            rx.el.span(t("Targets appear here with their first event."), class_name="log-targets-none"),
        ),
        rx.cond(
            controls.filtered,
            button(t("Clear filters"), kind="plain", on_click=controls.on_clear, test_id="log-clear"),
        ),
        class_name="log-targets",
        role="group",
        aria_label=t("Targets shown"),
    )


def log_controls(controls: LogControls) -> rx.Component:
    """The bar above the rows; it keeps its height whatever it shows."""
    return rx.el.div(
        _pause(controls),
        _query(controls),
        _level(controls),
        button(
            rx.fragment(icon("save"), rx.el.span(t("Export"), class_name="log-export-word")),
            on_click=controls.on_export,
            test_id="log-export",
        ),
        _targets(controls),
        class_name="log-controls",
        role="group",
        aria_label=t("Live log"),
    )


def log_notice(controls: LogControls) -> rx.Component:
    """How many rows wait; shown while the log is paused."""
    return rx.cond(
        controls.paused,
        rx.el.p(
            f"{t('Paused.')} ",
            rx.el.b(controls.waiting, data_testid="log-waiting"),
            rx.cond(controls.waiting == 1, f" {t('new event waits.')}", f" {t('new events wait.')}"),
            class_name="log-notice",
        ),
    )


def log_words(words: Text) -> rx.Component:
    """The words about the log for a screen reader, every few seconds at most."""
    return rx.el.p(words, role="status", class_name=HIDDEN, data_testid="log-status")
