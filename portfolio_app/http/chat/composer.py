"""The form that posts a message, and its one-line shape for other pages."""

from typing import Final

import reflex as rx

from portfolio_app.domain.chat.message import BODY_LIMIT
from portfolio_app.domain.chat.moderation import LONG_BODY
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import form
from portfolio_app.http.kit.kinds import Flag, Handler, Text
from portfolio_app.http.kit.marks import HIDDEN, in_zone
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.kit.scripts import CountedTextarea
from portfolio_app.words import parts, t

MESSAGE: Final = Unsent("message", t("Not posted"), "", "/chat", t("Open the chat"), kept="body")
"""The answer to the form when the browser sends it by itself; the feature decides whether it posts."""

_INPUT: Final = "chat-input"
_KEYS: Final = "chat-keys"


def _identity(posting_as: Text, is_guest: Flag, sign_in: Text) -> rx.Component:
    return rx.fragment(
        *parts("Posting as {name}.", name=rx.el.b(posting_as)),
        rx.cond(
            is_guest,
            rx.fragment(
                " ",
                *parts("{sign_in} to send as yourself.", sign_in=rx.el.a(t("Sign in"), href=sign_in)),
            ),
        ),
    )


def _refusal(error: Text, test_id: str) -> rx.Component:
    return rx.el.p(in_zone(error), class_name="composer-error", role="alert", data_testid=test_id)


def composer(
    *,
    ready: Flag,
    on_send: Handler,
    error: Text,
    posting_as: Text,
    is_guest: Flag,
    sign_in: Text = "/sign-in",
    drafts: str = "",
    writer: Text = "",
    at: str = "",
    id_prefix: str = "",
) -> rx.Component:
    """A form whose only field is `body`; it empties itself on sending.

    Until `ready` nobody knows who posts, so it doesn't say. `sign_in` is where a guest signs in. With `drafts`,
    the room that an address without one means, what is typed is kept for each room, that of the member `writer` for
    them alone. `at` is the page that a form sent without scripts comes from, where that is not one of the lobby.
    `id_prefix` as in `field`.
    """
    input_id, keys_id = f"{id_prefix}{_INPUT}", f"{id_prefix}{_KEYS}"
    return form(
        *([rx.el.input(type="hidden", name="at", value=at, read_only=True)] if at else []),
        rx.el.label(t("Message"), html_for=input_id, class_name=HIDDEN),
        rx.el.div(
            CountedTextarea.create(
                limit=BODY_LIMIT,
                held_over=LONG_BODY,
                field_id=input_id,
                spoken_class=HIDDEN,
                room=drafts,
                writer=writer,
                name="body",
                rows=2,
                placeholder=t("Write a message"),
                dir="auto",
                aria_describedby=keys_id,
                data_testid="chat-input",
            ),
            button(t("Send"), kind="primary", submits=True, icon_name="send", test_id="chat-send"),
            class_name="composer-field",
        ),
        _refusal(error, "chat-error"),
        rx.el.div(
            rx.el.p(rx.cond(ready, _identity(posting_as, is_guest, sign_in)), class_name="composer-identity"),
            rx.el.p(
                *parts(
                    "{enter} sends, {shift_enter} breaks the line.",
                    enter=rx.el.kbd(t("Enter")),
                    shift_enter=rx.el.kbd(t("Shift Enter")),
                ),
                id=keys_id,
                class_name="composer-keys",
            ),
            class_name="composer-foot",
        ),
        unsent=MESSAGE,
        class_name="composer",
        on_submit=on_send,
        reset_on_submit=True,
    )


def line_composer(
    *, suggested: str, on_send: Handler, error: Text, posting_as: Text, drafts: str = "", writer: Text = ""
) -> rx.Component:
    """One line that posts to the room of the page, with a text to begin with; it comes back after sending.

    With `drafts`, a name for this line, what is typed is kept as in `composer`, and `writer` is as there.
    """
    return form(
        rx.el.label(
            # The name last: when it is known, nothing moves.
            *parts("Post and watch its way, as {name}", name=rx.el.b(posting_as)),
            html_for="first-input",
            class_name="line-label",
        ),
        rx.el.div(
            CountedTextarea.create(
                limit=BODY_LIMIT,
                held_over=LONG_BODY,
                field_id="first-input",
                spoken_class=HIDDEN,
                room=drafts,
                writer=writer,
                suggested=suggested,
                name="body",
                auto_complete="off",
                dir="auto",
                class_name="line-input",
                data_testid="hello-input",
            ),
            button(t("Send"), kind="primary", submits=True, icon_name="send", test_id="hello-send"),
            class_name="line-field",
        ),
        _refusal(error, "hello-error"),
        unsent=MESSAGE,
        class_name="line-composer",
        on_submit=on_send,
        reset_on_submit=True,
    )
