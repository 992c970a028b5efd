"""The queue of held messages, who may not write, and the audit trail."""

from typing import Final

import reflex as rx

from portfolio_app.http.chat import author_choices, menu
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import button, named, toggle
from portfolio_app.http.kit.form import error_text
from portfolio_app.http.kit.kinds import Flag, Handler, Number, Row, RowHandler, Rows, Text
from portfolio_app.http.kit.layout import empty_state, loading_state, panel, table
from portfolio_app.http.kit.marks import icon, moment, tag
from portfolio_app.http.kit.scripts import kept
from portfolio_app.words import parts, t

APPROVE_KEY: Final = "a"
REMOVE_KEY: Final = "r"
_OF_MESSAGE: Final = 60
"""Characters by which a button names the message it decides on."""


def _words(row: Row) -> rx.Component:
    return rx.el.div(
        rx.el.header(
            rx.el.b(row["author"], class_name="queue-author"),
            rx.cond(row["tag"], tag(row["tag"])),
            rx.el.span(*parts("in {room}", room=row["room"])),
            moment(row["at"]),
            class_name="queue-meta",
        ),
        rx.el.p(row["body"], dir="auto", class_name="queue-body"),
        rx.cond(
            row["reports"].to(int) > 0,
            rx.el.p(
                rx.cond(
                    row["reports"].to(int) == 1,
                    t("Reported by 1 visitor"),
                    t("Reported by {n} visitors", n=row["reports"]),
                ),
                class_name="queue-reports",
            ),
        ),
        rx.el.ul(
            rx.foreach(row["reasons"].to(list[str]), lambda reason: rx.el.li(tag(reason))),
            class_name="queue-reasons",
            aria_label=rx.cond(row["reports"].to(int) > 0, t("Why it was reported"), t("Why it waits")),
        ),
        class_name="queue-words",
    )


def _author_menu(row: Row, on_mute: Handler, on_ban: RowHandler) -> rx.Component:
    choices = author_choices(row["id"], on_mute, on_ban)
    summary = rx.el.summary(t("Author…"), aria_label=named(t("Author…"), row["author"]))
    return menu(summary, choices, name="author-menu", test_id="author-menu")


def _queue_row(
    row: Row, on_approve: RowHandler, on_keep: RowHandler, on_remove: RowHandler, author_menu: rx.Component
) -> rx.Component:
    about = row["body"].to(str)[:_OF_MESSAGE]
    return rx.el.article(
        _words(row),
        rx.el.div(
            rx.cond(
                row["reports"].to(int) > 0,
                button(
                    t("Keep"),
                    icon_name="check",
                    on_click=on_keep(row["id"]),
                    of=about,
                    shortcut=APPROVE_KEY,
                    test_id="moderation-keep",
                ),
                button(
                    t("Approve"),
                    icon_name="check",
                    on_click=on_approve(row["id"]),
                    of=about,
                    shortcut=APPROVE_KEY,
                    test_id="moderation-approve",
                ),
            ),
            button(
                t("Remove"),
                kind="danger",
                icon_name="trash",
                on_click=on_remove(row["id"]),
                of=about,
                shortcut=REMOVE_KEY,
                test_id="moderation-remove",
            ),
            author_menu,
            class_name="queue-actions",
        ),
        key=row["id"],
        class_name="queue-row",
        data_testid="moderation-row",
        data_message_id=row["id"],
    )


def _keys() -> rx.Component:
    return rx.el.p(
        *parts(
            "With the focus on a message: {approve} approves or keeps it, {remove} removes it, {next} and {previous}"
            " or the arrow keys go to the next and the one before.",
            approve=rx.el.kbd(APPROVE_KEY),
            remove=rx.el.kbd(REMOVE_KEY),
            next=rx.el.kbd("j"),
            previous=rx.el.kbd("k"),
        ),
        class_name="queue-keys",
    )


def _notice(text: Text, on_dismiss: Handler) -> rx.Component:
    """The notice of what became of a decision, until the moderator dismisses it."""
    words = rx.el.div(
        rx.el.p(icon("alert"), text),
        button(t("Dismiss"), kind="plain", on_click=on_dismiss),
        class_name="queue-notice",
        data_testid="moderation-notice",
    )
    return rx.el.div(rx.cond(text, words), role="alert")


def _filters(only: Text, on_filter: RowHandler) -> rx.Component:
    names = {"all": t("All"), "held": t("Held"), "reported": t("Reported")}
    buttons = (
        toggle(name, pressed=only == part, on_click=on_filter(part), layer="app", data_testid=f"only-{part}")
        for part, name in names.items()
    )
    return rx.el.div(*buttons, role="group", aria_label=t("What to show"), class_name="queue-filters")


def moderation_queue(
    *,
    rows: Rows,
    ready: Flag,
    count: Number | int,
    on_approve: RowHandler,
    on_keep: RowHandler,
    on_remove: RowHandler,
    on_filter: RowHandler,
    on_mute: Handler,
    on_ban: RowHandler,
    on_more: Handler,
    on_dismiss: Handler,
    only: Text = "all",
    error: Text = "",
    notice: Text = "",
) -> rx.Component:
    """A row has id, room, author, tag, body, at, reasons and reports, more than 0 for one that is reported.

    What is done with a row is called with its id, `on_mute` with a length as well, and `on_filter` with the part of
    the queue to show, of which `only` is the one shown. `count` is how many wait in all. `notice` is shown until
    `on_dismiss`.
    """
    return panel(
        t("Waiting for a decision"),
        _filters(only, on_filter),
        error_text(error, role="alert"),
        kept(
            _notice(notice, on_dismiss),
            rx.cond(
                ready,
                rx.cond(
                    rows.length() > 0,
                    rx.foreach(
                        rows,
                        lambda row: _queue_row(
                            row, on_approve, on_keep, on_remove, _author_menu(row, on_mute, on_ban)
                        ),
                    ),
                    empty_state(
                        t("Nothing waits."),
                        t("Messages with links, long or shouting text stop here, and what visitors report."),
                    ),
                ),
                loading_state(t("Reading the queue…")),
            ),
            rx.cond(rows.length() > 0, _keys()),
            rx.cond(count > rows.length(), button(t("Show more"), icon_name="down", on_click=on_more)),
            label=t("Waiting messages"),
            on_key=scripts.rove(),
        ),
        aside=rx.cond(ready, rx.fragment(*parts("{count} waiting", count=rx.el.output(count))), ""),
        data_panel="queue",
    )


_TITLE: Final = t("Audit trail")
_COLUMNS: Final = {
    "at": t("When"),
    "actor": t("Who"),
    "action": t("Did"),
    "subject": t("To what"),
    "request_id": t("Request"),
}


def _audit_row(row: Row) -> rx.Component:
    cells = (rx.el.td(moment(row[column]) if column == "at" else row[column]) for column in _COLUMNS)
    return rx.el.tr(*cells, key=row["id"], data_testid="audit-row")


def audit_trail(*, rows: Rows, ready: Flag) -> rx.Component:
    """A row has id, at, actor, action, subject and request_id; newest first."""
    return panel(
        _TITLE,
        rx.cond(
            ready,
            rx.cond(
                rows.length() > 0,
                table(_COLUMNS.values(), rows, _audit_row, label=_TITLE, class_name="audit"),
                empty_state(
                    t("Nothing decided yet."), t("Every decision is written here, in its transaction.")
                ),
            ),
            loading_state(t("Reading the trail…")),
        ),
        data_panel="audit",
    )
