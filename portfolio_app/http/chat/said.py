"""The content of a message, as parts of its row: links, mentions and code, the quote it answers, and reactions."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import reflex as rx

from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.http.chat.authors import NOTICES, notice_line
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.kinds import Flag, Handler, Row, RowHandler, Text
from portfolio_app.http.kit.marks import in_words, untranslated
from portfolio_app.http.kit.scripts import kept
from portfolio_app.words import parts, said, t

SIGNS: Final = dict(zip(Sign, "👍💛😄🎉👀🙏", strict=True))
LINK_REL: Final = "noopener nofollow ugc"
_GONE: Final = t("Answers a message that is deleted.")
SignHandler: TypeAlias = Callable[[Any, Any], Any]
"""Called with a message's id and a sign."""


def piece_part(piece: Row, me: Text = "") -> rx.Component:
    """A link says its whole address; it and a mention stand by themselves in a line that runs the other way.

    In a mention of `me`, the reader's username, is a `<mark>`: by it the stylesheet marks the row.
    """
    text = piece["t"]
    named = rx.cond(piece["h"] == me, rx.el.mark(text), text)
    mention = rx.el.span(named, dir="ltr", custom_attrs=untranslated(), class_name="message-mention")
    link = rx.el.a(text, href=piece["h"], target="_blank", rel=LINK_REL, dir="ltr", class_name="message-link")
    looks = piece["c"].to(list[list[str]])
    code = rx.cond(piece["c"], rx.foreach(looks, lambda run: rx.el.span(run[1], class_name=run[0])), text)
    return rx.match(
        piece["k"],
        ("link", link),
        ("mention", mention),
        ("code", rx.el.code(text, class_name="message-code")),
        ("block", rx.el.code(code, class_name="message-block", dir="ltr", tab_index=0)),
        rx.fragment(text),
    )


def quote_part(message: Row, on_go: RowHandler) -> rx.Component:
    """A quote of the message that is answered; a click leads there, unless it is gone."""
    by = rx.cond(message["quoteBy"], rx.el.b(message["quoteBy"], dir="auto"))
    words = rx.fragment(by, rx.el.span(message["quoteWords"], dir="auto"))
    quote = rx.el.button(
        rx.cond(message["quoteGone"], _GONE, words),
        type="button",
        disabled=message["quoteGone"].to(bool),
        class_name="message-quote",
        on_click=on_go(message["reply"]),
        data_testid="message-quote",
    )
    return rx.cond(message["reply"], quote)


def reactions_part(message: Row, on_react: SignHandler, *, archived: Flag | bool = False) -> rx.Component:
    """The signs with their counts; a click gives or takes back the reader's own, but in an `archived` room."""

    def chip(count: Row) -> rx.Component:
        sign, number = count[0].to(str), count[1].to(str)
        shown = rx.match(sign, *((each.value, mark) for each, mark in SIGNS.items()), ""), rx.el.span(number)

        def drawn(element: Callable[..., rx.Component], **attributes: Any) -> rx.Component:  # noqa: ANN401 (a button's or a span's)
            return element(
                *shown,
                class_name="reaction",
                aria_label=f"{in_words(sign, Sign)}, {number}",
                data_testid="reaction",
                data_sign=sign,
                **attributes,
            )

        own, click = message["own"].to(str).contains(sign), on_react(message["id"], sign)
        button = drawn(rx.el.button, type="button", aria_pressed=own, on_click=click)
        return rx.cond(archived, drawn(rx.el.span, role="img"), button)

    chips = rx.foreach(message["reactions"].to(list[list[Any]]), chip)
    return rx.cond(message["reactions"], rx.el.div(chips, class_name="reactions"))


def sign_buttons(message: Row, on_react: SignHandler) -> rx.Component:
    """Every sign there is, to give it to a message or take it back."""

    def choice(sign: Sign, mark: str) -> rx.Component:
        return rx.el.button(
            mark,
            type="button",
            class_name="reaction-choice",
            aria_label=t("React: {sign}", sign=said(sign)),
            on_click=on_react(message["id"], sign.value),
            data_testid="message-react",
            data_sign=sign.value,
        )

    return rx.el.div(*(choice(sign, mark) for sign, mark in SIGNS.items()), class_name="reaction-choices")


def answering(*, to: Text, by: Text, words: Text, gone: Flag | bool, on_cancel: Handler) -> rx.Component:
    """The composer's line about the message that is answered, with the way out of it."""
    answered = parts(
        "Answering {name}: {words}",
        name=rx.el.b(by, dir="auto"),
        words=rx.el.span(words, dir="auto"),
    )
    line = rx.el.span(rx.cond(gone, _GONE, rx.fragment(*answered)), class_name="answering-words")
    away = button(t("Cancel"), kind="plain", on_click=on_cancel, test_id="reply-cancel")
    return kept(notice_line(to, line, away, test_id="answering"), label=NOTICES)
