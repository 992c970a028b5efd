"""The live log as a panel, and the command that follows it in a terminal."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import error_text
from portfolio_app.http.kit.kinds import Child, Handler, Number, Row, Rows, Text
from portfolio_app.http.kit.layout import empty_state, fold, panel
from portfolio_app.http.kit.marks import icon, instant, pill, short_id, spoken, untranslated
from portfolio_app.http.kit.scripts import follow
from portfolio_app.http.log.controls import LogControls, log_controls, log_notice, log_words
from portfolio_app.words import parts, t

RowAction = Any
"""Called with a Var of the row's number or request id, gives a handler."""


@dataclass(frozen=True, slots=True)
class LogReadings:
    """The log as Vars.

    `rows` are those in the document, oldest first; `count` is every event the session ever had; `earlier` more
    rows match above them. `newest` and `copied` are row numbers, 0 for none; `words` are for screen readers.
    """

    rows: Rows
    count: Number
    shown: Number
    earlier: Number
    newest: Number
    copied: Number
    words: rx.Var[str]


@dataclass(frozen=True, slots=True)
class LogActions:
    """The handlers of the rows and their list."""

    on_copy: RowAction
    on_trace: RowAction
    on_earlier: Handler
    on_keys: Handler


def log_row(row: Row, *rest: Any, actions: LogActions, reachable: Any, copied: Any) -> rx.Component:  # noqa: ANN401
    """One event. Tab stops at the row only while it is `reachable`; arrow keys walk from there."""
    tab_index = rx.cond(reachable, 0, -1)
    return rx.el.div(
        instant(row["at"], class_name="log-at"),
        rx.el.span(row["target"], class_name="log-target"),
        rx.el.span(
            # SQL runs long: two lines show which statement it is, the rest is in the tooltip and the waterfall.
            rx.el.span(
                row["message"], class_name="log-text", title=row["message"], custom_attrs=untranslated()
            ),
            rx.foreach(row["pills"].to(list[dict[str, str]]), lambda entry: pill(entry["k"], entry["v"])),
            class_name="log-message",
        ),
        rx.el.span(f"{row['ms']} ms", class_name="log-ms"),
        rx.el.button(
            spoken(f"{t('Waterfall of request')} "),
            short_id(row["request_id"]),
            type="button",
            class_name="log-request",
            tab_index=tab_index,
            on_click=actions.on_trace(row["request_id"]),
            data_testid="log-trace",
        ),
        rx.el.button(
            rx.cond(copied, icon("check"), icon("copy")),
            spoken(t("Copy row")),
            type="button",
            class_name="log-copy",
            tab_index=tab_index,
            on_click=actions.on_copy(row["seq"]),
            data_testid="log-copy",
        ),
        *rest,
        class_name="log-row",
        data_testid="log-row",
        data_layer=row["layer"],
        data_level=row["level"],
        data_target=row["target"],
        data_request_id=row["request_id"],
    )


def _in_tail(words: Child) -> rx.Component:
    return rx.el.span(words, class_name="log-tail-figure")


def log_tail(rows: Rows) -> rx.Component:
    """A few rows in a line each. For the eye: who listens to the page hears of them from the log itself."""
    return rx.el.div(
        rx.foreach(
            rows,
            lambda row: rx.el.p(
                _in_tail(instant(row["at"])),
                rx.el.span(row["message"], class_name="log-tail-text"),
                _in_tail(f"{row['ms']} ms"),
                class_name="log-tail-row",
                data_layer=row["layer"],
            ),
        ),
        rx.cond(
            rows.length() > 0,
            "",
            _in_tail(t("The newest rows of the live log stand here.")),
        ),
        class_name="log-tail",
        aria_hidden="true",
        custom_attrs=untranslated(),
        data_testid="log-tail",
    )


def _earlier(readings: LogReadings, actions: LogActions) -> rx.Component:
    return rx.el.button(
        *parts("{n} earlier: show more", n=readings.earlier),
        type="button",
        class_name="log-earlier",
        on_click=actions.on_earlier,
        data_testid="log-earlier",
    )


def _empty(controls: LogControls) -> rx.Component:
    return rx.cond(
        controls.filtered,
        empty_state(
            t("Nothing here matches."), t("Other events are still counted; clear the filters to see them.")
        ),
        empty_state(
            t("No backend events yet. Trigger a demo action to start streaming."),
            t("Send a message: its request, its SQL and its push appear here."),
            unfed=t("Without a websocket, rows come by a plain stream: none yet."),
            data_testid="log-empty",
        ),
    )


def _counts(readings: LogReadings, controls: LogControls) -> rx.Component:
    part = readings.shown != readings.count - controls.waiting
    return rx.fragment(
        # First: what comes and goes there moves nothing, for the line ends at the panel's end.
        rx.cond(
            part | controls.filtered,
            rx.fragment(rx.el.span(readings.shown, data_testid="log-shown"), f" {t('shown of')} "),
        ),
        rx.el.output(readings.count, aria_live="off", data_testid="log-count"),
        rx.cond(readings.count == 1, f" {t('event')}", f" {t('events')}"),
    )


def log_panel(
    readings: LogReadings,
    controls: LogControls,
    actions: LogActions,
    *,
    each: Child,
    foot: Child = "",
    anchor: str = "",
) -> rx.Component:
    """`each` draws the rows of `readings` with `log_row`; `foot` stands below them. `anchor` as in `panel`."""
    return panel(
        t("Live backend log"),
        log_controls(controls),
        follow(
            rx.cond(readings.earlier > 0, _earlier(readings, actions)),
            rx.cond(readings.shown > 0, each, _empty(controls)),
            noun="event",
            label=t("Backend events"),
            aria_live="off",
            custom_attrs={"onKeyDown": actions.on_keys},
            data_testid="log-panel",
        ),
        log_notice(controls),
        foot,
        log_words(readings.words),
        aside=_counts(readings, controls),
        data_panel="log",
        anchor=anchor,
    )


def terminal_panel(*, field_id: str, on_reveal: Handler, error: Text) -> rx.Component:
    """`on_reveal` puts the command into the field with the id `field_id`: no state may hold it."""
    return panel(
        t("The same log in a terminal"),
        fold(
            t("Make a command for it"),
            rx.el.div(
                rx.el.p(
                    *parts(
                        "Server-Sent Events, resumable by {header}. The key in the command reads this session's "
                        "log and nothing else; it opens streams for ten minutes.",
                        header=rx.el.code("Last-Event-ID", custom_attrs=untranslated()),
                    ),
                    class_name="terminal-text",
                ),
                rx.el.div(
                    button(t("Make a curl command"), on_click=on_reveal, test_id="stream-reveal"),
                    rx.el.input(
                        id=field_id,
                        type="text",
                        read_only=True,
                        default_value="",
                        placeholder="curl -N -H …",
                        spell_check=False,
                        auto_complete="off",
                        aria_label=t("Command for a terminal"),
                        class_name="terminal-command",
                        data_testid="stream-command",
                    ),
                    class_name="terminal-line",
                ),
                error_text(error, role="alert"),
                class_name="terminal",
            ),
        ),
        data_panel="terminal",
    )
