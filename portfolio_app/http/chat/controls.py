"""The controls of one message: the handlers of a row, its menu, and the forms that edit and report."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import reflex as rx

from portfolio_app.http.chat.authors import menu
from portfolio_app.http.chat.said import SignHandler, sign_buttons
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import form
from portfolio_app.http.kit.kinds import Flag, Handler, Number, Row, RowHandler, Text
from portfolio_app.http.kit.page import Unsent
from portfolio_app.words import t

Names: TypeAlias = Any
"""A Var of a list of names; a type checker sees a state's var as the plain list."""


def _nobody() -> rx.Var[list[str]]:
    return rx.Var.create(list[str]())


def _no_choices(_message: Row) -> rx.Component:
    return rx.fragment()


def _the_message(_id: rx.Var[str], body: rx.Var[str]) -> Text:
    return body


def _kept_nowhere(_id: rx.Var[str], _body: rx.Var[str]) -> None:
    return None


@dataclass(frozen=True, slots=True)
class RowHandlers:
    """The handlers of a row's buttons: the first two are called with its cid, the others with its id.

    `report` gets the form of a row with `id` and `reason`, `save` the form of the row that is being edited, with `id`
    and `body`; `editing` is that row's id and `kept` a text for it that was refused; of its id and what it says
    `typed` makes the text to begin with, `keeps` the handler of what is typed. `moderates` says that the visitor
    may take down any message; `author` makes what they can do with the author of one. `slow_s` as of a `Room`.
    `owners` and `moderators` are the names of members that carry a mark, `me` is that of the visitor, empty for a
    guest; `copied` is the row whose address was copied last. In an `archived` room nothing can be said or changed.
    """

    retry: RowHandler
    discard: RowHandler
    dismiss: RowHandler
    edit: RowHandler
    delete: RowHandler
    take_down: RowHandler
    save: Handler
    cancel: RowHandler
    copy: RowHandler
    reply: RowHandler
    go: RowHandler
    react: SignHandler
    report: Handler = None
    typed: Callable[[rx.Var[str], rx.Var[str]], Text] = _the_message
    keeps: Callable[[rx.Var[str], rx.Var[str]], Any] = _kept_nowhere
    editing: Text = ""
    kept: Text = ""
    copied: Text = ""
    me: Text = ""
    moderates: Flag | bool = False
    slow_s: Number | int = 0
    archived: Flag | bool = False
    owners: Names = field(default_factory=_nobody)
    moderators: Names = field(default_factory=_nobody)
    author: Callable[[Row], rx.Component] = _no_choices
    trace: RowHandler | None = None
    """Opens the waterfall of the request that a row was posted in."""


EDIT: Final = Unsent(
    "edit",
    t("Not changed"),
    t("The scripts of the page had not loaded yet, so your message stays as it was."),
    "/chat",
    t("Open the chat"),
    kept="body",
)


REPORT: Final = Unsent(
    "report",
    t("Not reported"),
    t("The scripts of the page had not loaded yet, so nobody was told of the message."),
    "/chat",
    t("Open the chat"),
    kept="reason",
)


def message_menu(message: Row, on: RowHandlers) -> rx.Component:
    """The menu of a message that everybody sees."""
    edit = button(t("Edit"), kind="plain", on_click=on.edit(message["id"]), test_id="message-edit")
    own = rx.fragment(
        rx.cond(on.archived, rx.fragment(), edit),
        button(t("Delete"), kind="plain", on_click=on.delete(message["id"]), test_id="message-delete"),
    )
    down = button(
        t("Take down"), kind="plain", on_click=on.take_down(message["id"]), test_id="message-takedown"
    )
    reply = button(t("Reply"), kind="plain", on_click=on.reply(message["id"]), test_id="message-reply")
    copied = rx.cond(on.copied == message["id"], t("Copied"), t("Copy link"))
    copy = button(copied, kind="plain", on_click=on.copy(message["id"]), test_id="message-link")
    others = rx.cond(on.moderates, rx.fragment(down, on.author(message)), report_form(message, on))
    dots = rx.el.summary("⋯", aria_label=t("What can be done with this message"))
    choices = rx.fragment(
        rx.cond(on.archived, rx.fragment(), rx.fragment(sign_buttons(message, on.react), reply)),
        copy,
        rx.cond(message["mine"], rx.fragment(own, rx.cond(on.moderates, down)), others),
    )
    opened = menu(dots, choices, name="message-menu", test_id="message-menu")
    is_there = (message["status"] == "visible") & (message["id"] != "") & (message["id"] != on.editing)
    return rx.cond(is_there, opened)


def report_form(message: Row, on: RowHandlers) -> rx.Component:
    """Tells the moderators of somebody else's message; why is left to the reporter."""
    return form(
        rx.el.input(type="hidden", name="id", value=message["id"].to(str), read_only=True),
        rx.el.input(
            name="reason",
            placeholder=t("Why? (optional)"),
            aria_label=t("Why you report this message, optional"),
            auto_complete="off",
            dir="auto",
            class_name="report-reason",
        ),
        button(t("Report"), kind="plain", submits=True, test_id="message-report"),
        unsent=REPORT,
        on_submit=on.report,
        class_name="report",
    )


def message_editor(message: Row, on: RowHandlers) -> rx.Component:
    """The message's text in a form, in the place of the text."""
    of = message["id"].to(str), message["body"].to(str)
    return form(
        rx.el.input(type="hidden", name="id", value=message["id"].to(str), read_only=True),
        rx.el.textarea(
            name="body",
            default_value=rx.cond(on.kept, on.kept, on.typed(*of)),
            rows=3,
            dir="auto",
            auto_focus=True,
            aria_label=t("The message's new text"),
            class_name="message-text",
            custom_attrs={"onInput": on.keeps(*of)},
            data_testid="edit-input",
        ),
        rx.el.div(
            button(t("Save"), kind="primary", submits=True, test_id="edit-save"),
            button(t("Cancel"), kind="plain", on_click=on.cancel(of[0]), shortcut="Escape"),
            class_name="message-buttons",
        ),
        unsent=EDIT,
        on_submit=on.save,
        class_name="message-editor",
    )
