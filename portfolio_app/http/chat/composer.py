"""Where a message is written."""

from typing import Final

import reflex as rx

from portfolio_app.domain.chat.message import BODY_LIMIT
from portfolio_app.domain.chat.moderation import LONG_BODY
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import form
from portfolio_app.http.kit.hidden import HIDDEN
from portfolio_app.http.kit.interactive import CountedTextarea
from portfolio_app.http.kit.kinds import Flag, Handler, Text
from portfolio_app.http.kit.unsent import Unsent

MESSAGE: Final = Unsent(
    "message",
    "Not posted yet",
    "The scripts of the page had not loaded yet, so your message was neither posted nor stored.",
    "/chat",
    "Open the chat",
    kept="body",
)

_INPUT: Final = "chat-input"
_KEYS: Final = "chat-keys"


def _identity(posting_as: Text, is_guest: Flag) -> rx.Component:
    return rx.fragment(
        "Posting as ",
        rx.el.b(posting_as),
        rx.cond(
            is_guest,
            rx.fragment(". ", rx.el.a("Sign in", href="/sign-in"), " to send as yourself."),
            ".",
        ),
    )


def composer(
    *,
    ready: Flag,
    on_send: Handler,
    error: Text,
    posting_as: Text,
    is_guest: Flag,
    id_prefix: str = "",
) -> rx.Component:
    """A form whose only field is `body`; it empties itself on sending.

    Until `ready` nobody knows who posts, so it doesn't say. `id_prefix` as in `field`.
    """
    input_id, keys_id = f"{id_prefix}{_INPUT}", f"{id_prefix}{_KEYS}"
    return form(
        rx.el.label("Message", html_for=input_id, class_name=HIDDEN),
        rx.el.div(
            CountedTextarea.create(
                limit=BODY_LIMIT,
                held_over=LONG_BODY,
                field_id=input_id,
                spoken_class=HIDDEN,
                name="body",
                rows=2,
                placeholder="Write a message",
                dir="auto",
                aria_describedby=keys_id,
                data_testid="chat-input",
            ),
            button("Send", kind="primary", submits=True, icon_name="send", test_id="chat-send"),
            class_name="composer-field",
        ),
        rx.el.p(error, class_name="composer-error", role="alert", data_testid="chat-error"),
        rx.el.div(
            rx.el.p(rx.cond(ready, _identity(posting_as, is_guest)), class_name="composer-identity"),
            rx.el.p(
                rx.el.kbd("Enter"),
                " sends, ",
                rx.el.kbd("Shift Enter"),
                " breaks the line.",
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
