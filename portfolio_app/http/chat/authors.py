"""A moderator's actions on an author, from one of the author's messages."""

from typing import Final

import reflex as rx
from pydantic import Field

from portfolio_app.domain.chat.mute import Mute, MuteLength
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.kinds import Child, Handler, RowHandler, Text
from portfolio_app.http.kit.marks import icon, in_zone
from portfolio_app.http.kit.scripts import kept
from portfolio_app.http.transport.action import action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.parsing import Request
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import said, t

NOTICES: Final = t("Notices")


class AuthorDTO(Request):
    """The message whose author is meant."""

    id: str = Field(max_length=64)


class MuteDTO(AuthorDTO):
    """An author, and for how long they may not write."""

    length: MuteLength = Field(strict=False)


class LiftDTO(Request):
    """A mute, by the name that pages give it."""

    handle: str = Field(pattern="^[0-9a-f]{16}$")


class AuthorsState(rx.State):
    """The last act on an author: `notice` says what was done, `handle` names the mute that can be undone."""

    notice: rx.Field[str] = rx.field("")
    handle: rx.Field[str] = rx.field("")
    problem: rx.Field[str] = rx.field("")

    @action("author.mute")
    async def mute(self, wanted: MuteDTO) -> None:
        """Keep the message's author from writing for a time."""
        mute = await services().mute_authors.mute(caller_of(self), wanted.id, wanted.length)
        self._done(mute, t("{label} can't write for {length}.", label=mute.label, length=said(wanted.length)))

    @action("author.ban")
    async def ban(self, wanted: AuthorDTO) -> None:
        """Keep them from writing for good, and hide what rooms show of them."""
        banned = await services().mute_authors.ban(caller_of(self), wanted.id)
        words = (
            t("{label} is banned, 1 message is hidden.", label=banned.mute.label)
            if banned.hidden == 1
            else t("{label} is banned, {n} messages are hidden.", label=banned.mute.label, n=banned.hidden)
        )
        self._done(banned.mute, words)

    @action("author.lift")
    async def lift(self, wanted: LiftDTO) -> None:
        """Let an author write again, and show again what a ban hid."""
        mute = await services().mute_authors.lift(caller_of(self), wanted.handle)
        self.notice, self.handle = t("{label} can write again.", label=mute.label), ""

    @rx.event
    def dismiss(self) -> None:
        """Take notice and problem away."""
        self.notice, self.handle, self.problem = "", "", ""

    def _done(self, mute: Mute, words: str) -> None:
        self.notice, self.handle = words, mute.handle


def author_choices(message_id: Text, on_mute: Handler, on_ban: RowHandler) -> rx.Component:
    """Buttons to mute the author of a message for each length, and to ban them; `on_mute` gets id and length."""
    return rx.fragment(
        *(
            button(
                t("Mute for {length}", length=said(length)),
                kind="plain",
                on_click=on_mute(message_id, length.value),
                test_id="mute",
            )
            for length in MuteLength
        ),
        button(t("Ban and hide all"), kind="plain", on_click=on_ban(message_id), test_id="ban"),
    )


def menu(summary: rx.Component, *choices: Child, name: str, test_id: str) -> rx.Component:
    """Buttons that `summary` opens; of those of one `name` at most one is open."""
    return rx.el.details(
        summary,
        rx.el.div(*choices, class_name="message-choices"),
        class_name="message-menu",
        custom_attrs={"name": name},
        data_testid=test_id,
    )


def problem_line(text: Text, *more: Child) -> rx.Component:
    """Why something was not done; nothing while `text` is empty."""
    return rx.cond(
        text, rx.el.p(icon("alert"), in_zone(text), *more, class_name="room-problem", role="alert")
    )


def notice_line(when: Text, *words: Child, test_id: str) -> rx.Component:
    """A line that says what was done, unless `when` is empty."""
    said = rx.el.p(*words, class_name="room-notice", role="status", data_testid=test_id)
    return rx.cond(when, said)


def authors_notice(
    *, notice: Text, handle: Text, problem: Text, on_lift: RowHandler, on_dismiss: Handler
) -> rx.Component:
    """A notice of what was done with an author, with the way back."""
    undo = rx.cond(handle, button(t("Undo"), on_click=on_lift(handle), test_id="undo-author"))
    away = button(t("Dismiss"), kind="plain", on_click=on_dismiss)
    return kept(
        problem_line(problem, away),
        notice_line(notice, notice, undo, away, test_id="author-notice"),
        label=NOTICES,
    )
