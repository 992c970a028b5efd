"""The queue of held messages, and the audit trail."""

from typing import Final

import reflex as rx

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import error_text
from portfolio_app.http.kit.interactive import kept
from portfolio_app.http.kit.kinds import Flag, Handler, Number, Row, RowHandler, Rows, Text
from portfolio_app.http.kit.layout import empty_state, loading_state, panel
from portfolio_app.http.kit.marks import icon, moment, tag


def _words(row: Row) -> rx.Component:
    return rx.el.div(
        rx.el.header(
            rx.el.b(row["author"], class_name="queue-author"),
            rx.cond(row["tag"], tag(row["tag"])),
            rx.el.span("in ", row["room"]),
            moment(row["at"]),
            class_name="queue-meta",
        ),
        rx.el.p(row["body"], dir="auto", class_name="queue-body"),
        rx.el.ul(
            rx.foreach(row["reasons"].to(list[str]), lambda reason: rx.el.li(tag(reason))),
            class_name="queue-reasons",
            aria_label="Why it waits",
        ),
        class_name="queue-words",
    )


def _queue_row(row: Row, on_approve: RowHandler, on_remove: RowHandler) -> rx.Component:
    return rx.el.article(
        _words(row),
        rx.el.div(
            button(
                "Approve", icon_name="check", on_click=on_approve(row["id"]), test_id="moderation-approve"
            ),
            button(
                "Remove",
                kind="danger",
                icon_name="trash",
                on_click=on_remove(row["id"]),
                test_id="moderation-remove",
            ),
            class_name="queue-actions",
        ),
        key=row["id"],
        class_name="queue-row",
        data_testid="moderation-row",
        data_message_id=row["id"],
    )


def _notice(text: Text, on_dismiss: Handler) -> rx.Component:
    """What became of a decision, until the moderator has read it."""
    words = rx.el.div(
        rx.el.p(icon("alert"), text),
        button("Dismiss", kind="plain", on_click=on_dismiss),
        class_name="queue-notice",
        data_testid="moderation-notice",
    )
    return rx.el.div(rx.cond(text, words), role="alert")


def moderation_queue(
    *,
    rows: Rows,
    ready: Flag,
    count: Number | int,
    on_approve: RowHandler,
    on_remove: RowHandler,
    on_more: Handler,
    on_dismiss: Handler,
    error: Text = "",
    notice: Text = "",
) -> rx.Component:
    """A row has id, room, author, tag, body, at and reasons; `on_approve` and `on_remove` are called with its id.

    `count` is how many wait in all. `notice` is shown until `on_dismiss`.
    """
    return panel(
        "Waiting for a decision",
        error_text(error, role="alert"),
        _notice(notice, on_dismiss),
        kept(
            rx.cond(
                ready,
                rx.cond(
                    rows.length() > 0,
                    rx.foreach(rows, lambda row: _queue_row(row, on_approve, on_remove)),
                    empty_state("Nothing waits.", "Messages with links, long or shouting text stop here."),
                ),
                loading_state("Reading the queue…"),
            ),
            label="Waiting messages",
        ),
        rx.cond(count > rows.length(), button("Show more", icon_name="down", on_click=on_more)),
        aside=rx.cond(ready, rx.fragment(rx.el.output(count), " waiting"), ""),
        data_panel="queue",
    )


_TITLE: Final = "Audit trail"
_COLUMNS: Final = {
    "at": "When",
    "actor": "Who",
    "action": "Did",
    "subject": "To what",
    "request_id": "Request",
}


def _audit_row(row: Row) -> rx.Component:
    cells = (rx.el.td(moment(row[column]) if column == "at" else row[column]) for column in _COLUMNS)
    return rx.el.tr(*cells, key=row["id"], data_testid="audit-row")


def _table(rows: Rows) -> rx.Component:
    heads = (rx.el.th(head, scope="col") for head in _COLUMNS.values())
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*heads)),
            rx.el.tbody(rx.foreach(rows, _audit_row)),
            class_name="audit",
        ),
        class_name="audit-scroll",
        role="region",
        tab_index=0,
        aria_label=_TITLE,
    )


def audit_trail(*, rows: Rows, ready: Flag) -> rx.Component:
    """A row has id, at, actor, action, subject and request_id; newest first."""
    return panel(
        _TITLE,
        rx.cond(
            ready,
            rx.cond(
                rows.length() > 0,
                _table(rows),
                empty_state("Nothing decided yet.", "Every decision is written here, in its transaction."),
            ),
            loading_state("Reading the trail…"),
        ),
        data_panel="audit",
    )
