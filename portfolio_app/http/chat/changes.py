"""Changes to posted messages: a visitor edits and deletes own ones, reports others',
and takes them down as a moderator."""

from typing import Final

import reflex as rx
from pydantic import Field

from portfolio_app.app.moderation.decide import Decision
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.http.chat.feed import RoomFeed
from portfolio_app.http.chat.views import own_views
from portfolio_app.http.transport.action import Payload, action, ignore
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Form, Request, kept_text
from portfolio_app.http.transport.push import Push, own_room_topic
from portfolio_app.http.transport.runtime import part, services
from portfolio_app.words import t

_BODY_LENGTH: Final = 20_000
_RECEIVED: Final = t("Thank you: your report was received. A moderator will look at the message.")
_RECEIVED_BEFORE: Final = t("You have reported this message already: the moderators have your report.")


class MessageDTO(Request):
    """The message that is meant."""

    id: str = Field(max_length=64)


class EditedMessage(Form):
    """A message and its new text; lengths here only bound the work."""

    id: str = Field(max_length=64)
    body: str = Field(max_length=_BODY_LENGTH)


class ReactDTO(Request):
    """A sign for a message, given or taken back."""

    id: str = Field(max_length=64)
    sign: Sign = Field(strict=False)
    given: bool


class ReportedMessage(Form):
    """A message and why it is reported, which may be empty; lengths here only bound the work."""

    id: str = Field(max_length=64)
    reason: str = Field(max_length=2_000)


class ChangesState(rx.State):
    """`editing` is the message whose text stands in a form now, `taken_down` the one that can be put back.

    `kept` is the new text that was refused: it stays in the form. `reported` answers the last report.
    """

    editing: rx.Field[str] = rx.field("")
    kept: rx.Field[str] = rx.field("")
    taken_down: rx.Field[str] = rx.field("")
    reported: rx.Field[str] = rx.field("")
    problem: rx.Field[str] = rx.field("")

    def _not_edited(self, error: ErrorView, payload: Payload) -> None:
        fields = payload.get("form")
        text = fields.get("body") if isinstance(fields, dict) else ""
        self.problem, self.kept = error.text, kept_text(text, _BODY_LENGTH)

    @action("message.arrive", live=False, refused=ignore)
    async def arrive(self) -> None:
        """Start a visit of the page: what was said of a message in an earlier one is about that one."""
        if self.reported or self.problem:
            self.reported, self.problem = "", ""

    @action("message.open", live=False)
    async def begin(self, wanted: MessageDTO) -> None:
        """Put the message's text into a form in its place."""
        self.editing, self.kept = wanted.id, ""

    @action("message.close", live=False)
    async def cancel(self) -> None:
        """Leave the message as it is."""
        self.editing, self.kept = "", ""

    @action("message.edit", refused=_not_edited)
    async def save(self, edited: EditedMessage) -> None:
        """Give an own message its new text."""
        await services().change_message.edit(caller_of(self), edited.id, edited.body)
        self.editing, self.kept, self.problem = "", "", ""

    @action("message.react")
    async def react(self, wanted: ReactDTO) -> None:
        """Give a message a sign or take it back; every tab of the visitor marks it as their own then."""
        reacted = await services().react(caller_of(self), wanted.id, wanted.sign, given=wanted.given)
        topic = own_room_topic(str(reacted.message.room), reacted.reader)
        await part(Push).send(topic, RoomFeed, own=own_views({wanted.id: reacted.own}))

    @action("message.delete")
    async def delete(self, wanted: MessageDTO) -> None:
        """Take an own message away."""
        await services().change_message.delete(caller_of(self), wanted.id)

    @action("message.report")
    async def report(self, wanted: ReportedMessage) -> None:
        """Tell the moderators of a message."""
        self.reported = ""
        is_new = await services().report_message(caller_of(self), wanted.id, wanted.reason)
        self.reported = _RECEIVED if is_new else _RECEIVED_BEFORE

    @rx.event
    def dismiss(self) -> None:
        """Take problem and the answer to a report away."""
        self.reported, self.problem = "", ""

    @action("message.take_down")
    async def take_down(self, wanted: MessageDTO) -> None:
        """Take anybody's message away, as a moderator."""
        await services().decide_on_message(caller_of(self), wanted.id, Decision.REMOVE)
        self.taken_down = wanted.id

    @action("message.restore")
    async def restore(self) -> None:
        """Put back what was taken down last; pressed twice, it is done once."""
        if not self.taken_down:
            return
        taken_down, self.taken_down = self.taken_down, ""
        await services().decide_on_message(caller_of(self), taken_down, Decision.RESTORE)
