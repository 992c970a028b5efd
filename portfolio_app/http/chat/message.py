"""A message in a room: its author, text and facts, and where it stands until everybody has it."""

from typing import Any, Final

import reflex as rx

from portfolio_app.app.ports.limiter import Rates
from portfolio_app.http.chat.composer import MESSAGE
from portfolio_app.http.chat.controls import RowHandlers, message_editor, message_menu
from portfolio_app.http.chat.said import piece_part, quote_part, reactions_part
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import form
from portfolio_app.http.kit.kinds import Child, Number, Row, Text
from portfolio_app.http.kit.marks import IconName, clock, icon, in_zone, moment, short_id, spoken, tag
from portfolio_app.words import parts, t

TALL_LINES: Final = 14
"""A message of more lines, or of more characters than `TALL_CHARACTERS`, is folded until its reader opens it."""
TALL_CHARACTERS: Final = 700
_PACE: Final = Rates.POST_SESSION


def _badge(member: Text, on: RowHandlers) -> rx.Component:
    """The badge of the owner or a moderator; guests, whose rows have a tag, have no name of their own."""
    moderator = rx.cond(on.moderators.contains(member), tag(t("moderator")))
    return rx.cond(on.owners.contains(member), tag(t("owner")), moderator)


def _request(message: Row, on: RowHandlers) -> rx.Component:
    """The request that stored it, which only the tab that sent it knows."""
    return rx.el.button(
        spoken(f"{t('Waterfall of request')} "),
        short_id(message["request"]),
        type="button",
        class_name="message-request",
        on_click=on.trace(message["request"]) if on.trace else None,
        data_testid="message-trace",
    )


def _meta(message: Row, on: RowHandlers) -> rx.Component:
    return rx.el.header(
        rx.el.b(message["author"], class_name="message-author", data_testid="chat-author"),
        rx.cond(message["tag"], tag(message["tag"]), _badge(message["author"], on)),
        rx.cond(message["request"], _request(message, on)) if on.trace else rx.fragment(),
        rx.el.span(
            rx.match(
                message["status"],
                ("sending", rx.fragment(rx.cond(message["waits"], t("not sent yet"), t("sending")))),
                ("failed", rx.fragment(t("not sent"))),
                clock(message["at"]),
            ),
            rx.cond(message["edited"], rx.fragment(f" · {t('edited')}")),
            class_name="message-when",
        ),
        message_menu(message, on),
        class_name="message-meta",
    )


def note(*words: Child, mark: IconName = "clock") -> rx.Component:
    """A line about how a message stands."""
    return rx.el.p(icon(mark), *words, class_name="message-note")


def _standing(words: rx.Component, *buttons: rx.Component) -> rx.Component:
    """How a message stands, and what its author can do about it."""
    actions = rx.el.div(*buttons, class_name="message-actions")
    return rx.el.div(words, actions, class_name="message-standing")


def _given_up(message: Row, on: RowHandlers) -> tuple[rx.Component, ...]:
    """The buttons of a message that does not go out."""
    plainly = rx.cond(scripts.obstacle("reason") == "websocket", _without_connection(message))
    return button(t("Discard"), kind="plain", on_click=on.discard(message["cid"])), plainly


def _failure(message: Row, on: RowHandlers) -> rx.Component:
    retry = button(t("Retry"), icon_name="retry", on_click=on.retry(message["cid"]))
    words = rx.el.p(icon("alert"), in_zone(message["error"]), class_name="message-error")
    return _standing(words, retry, *_given_up(message, on))


def _seconds(number: Number | int) -> Text:
    return rx.cond(number == 1, t("second"), t("{n} seconds", n=number))


def slow_mode(number: Number | int) -> rx.Component:
    """The note that a room is in slow mode."""
    return rx.cond(number, note(t("Slow mode: one message every {time}.", time=_seconds(number))))


def _queued(message: Row, on: RowHandlers) -> rx.Component:
    """Why a message has not gone out yet; nothing while it is under way."""
    pace = t(
        "Goes out in its turn: {times} messages in {seconds} seconds.",
        times=_PACE.times,
        seconds=_PACE.seconds,
    )
    why = rx.match(
        message["waits"],
        (
            "turn",
            rx.cond(
                on.slow_s,
                t("Goes out in its turn: one message every {time}.", time=_seconds(on.slow_s)),
                pace,
            ),
        ),
        t("Goes out when the connection is back."),
    )
    return rx.cond(message["waits"], _standing(note(why), *_given_up(message, on)))


def _removed(message: Row, on: RowHandlers) -> rx.Component:
    words = note(t("A moderator removed this message of yours. Nobody else sees it."), mark="trash")
    return _standing(words, button(t("Dismiss"), kind="plain", on_click=on.dismiss(message["id"])))


def _without_connection(message: Row) -> rx.Component:
    """Posts the message by plain HTTP, under its own id: if it was posted after all, nothing happens twice."""
    path = rx.Var('(globalThis.location?.pathname ?? "/")').to(str)
    fields = {"body": message["body"], "client_id": message["cid"], "at": path, "reply_to": message["reply"]}
    return form(
        *(rx.el.input(type="hidden", name=name, value=value.to(str)) for name, value in fields.items()),
        button(t("Post without live connection"), kind="primary", submits=True, test_id="post-plainly"),
        unsent=MESSAGE,
    )


def _body(message: Row, me: Text) -> rx.Component:
    body = message["body"].to(str)
    pieces = message["pieces"].to(list[dict[str, Any]])
    words = rx.cond(message["pieces"], rx.foreach(pieces, lambda piece: piece_part(piece, me)), body)
    tall = (body.split("\n").length() > TALL_LINES) | (body.length() > TALL_CHARACTERS)
    # The element after the text opens it, by a rule of the stylesheet: no state has to remember what is open.
    more = rx.el.details(rx.el.summary(t("Show all")), class_name="message-more", data_testid="chat-more")
    return rx.fragment(
        rx.el.p(words, dir="auto", class_name="message-body", data_testid="chat-body"), rx.cond(tall, more)
    )


def _day(message: Row) -> rx.Component:
    words = rx.el.time(message["day"], date_time=message["date"].to(str))
    return rx.el.div(words, class_name="message-day", data_testid="day")


def _new_from(message: Row) -> rx.Component:
    """The line above the first message that came while nobody looked."""
    line = rx.el.div(t("New"), class_name="message-new", data_testid="unread-line")
    return rx.cond(message["fresh"], line)


def _stub(message: Row) -> rx.Component:
    return rx.fragment(
        rx.cond(message["day"], _day(message)),
        _new_from(message),
        note(t("A message that was answered is deleted."), mark="trash"),
    )


def message_row(message: Row, on: RowHandlers) -> rx.Component:
    """`status` is visible, pending, removed, sending or failed; `error` is shown with failed only.

    `late` is when a message that had waited was approved, else 0; `waits` is what one that is not sent yet waits
    for: its `turn`, or the `connection`. The first message of a `day` stands below a line that says so. `edited`
    says that its author wrote it anew, `mine` that this visitor did, `fresh` that it is the first that is unread.
    `reply` is the message it answers, with `quoteBy` and `quoteWords`, or `quoteGone`; `reactions` are signs with
    counts, `own` the visitor's. A `stub` is
    all that is left of one that was answered. `key` stays the same while a message is
    confirmed, so that it keeps its element.
    """
    whole = rx.fragment(
        rx.cond(message["day"], _day(message)),
        _new_from(message),
        _meta(message, on),
        quote_part(message, on.go),
        rx.cond(
            (message["id"] != "") & (message["id"] == on.editing),
            message_editor(message, on),
            _body(message, on.me),
        ),
        rx.match(
            message["status"],
            ("pending", note(t("Waiting for a moderator. Only you see this."))),
            ("removed", _removed(message, on)),
            ("sending", _queued(message, on)),
            ("failed", _failure(message, on)),
            rx.cond(
                message["late"],
                note(*parts("Approved by a moderator {time}", time=moment(message["late"])), mark="check"),
            ),
        ),
        reactions_part(message, on.react, archived=on.archived),
    )
    return rx.el.article(
        rx.cond(message["stub"], _stub(message), whole),
        key=message["key"],
        class_name="message",
        data_testid=rx.cond(
            message["stub"],
            "chat-stub",
            rx.cond(message["status"] == "removed", "chat-removed", "chat-message"),
        ),
        data_message_id=message["id"],
        data_rev=message["rev"],
        data_wanted=message["wanted"],
        data_status=message["status"],
        data_request_id=message["request"],
    )
