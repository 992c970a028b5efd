"""Members as moderators see them: who may not write, and whose sessions a moderator ends."""

from collections.abc import Mapping
from typing import Final

import reflex as rx
from pydantic import Field as Length
from reflex.event import EventSpec
from starlette.responses import Response

from portfolio_app.app.caller import Caller
from portfolio_app.http.account import confirm, empty_password, form_panel, note, password_field
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import Field, error_text, field
from portfolio_app.http.kit.head import done_page
from portfolio_app.http.kit.kinds import Flag, Handler, Row, RowHandler, Rows, Text
from portfolio_app.http.kit.layout import empty_state, loading_state, panel
from portfolio_app.http.kit.marks import moment
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.kit.scripts import kept
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Form, parse
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import parts, t

_PREFIX: Final = "member-"


class MemberDTO(Form):
    """The member whose sessions a moderator ends; the moderator's own password may be empty."""

    username: str = Length(max_length=512)
    password: str = Length(max_length=512, repr=False)


async def _end(caller: Caller, form: MemberDTO) -> str:
    """End them; returns what is said then."""
    await services().end_sessions.check(caller)
    await confirm(caller, {"password": form.password})
    ended = await services().end_sessions(caller, form.username)
    name = form.username.strip().lower()
    if ended == 1:
        return t("{name} is signed out: 1 session has ended.", name=name)
    return t("{name} is signed out: {n} sessions have ended.", name=name, n=ended)


async def _answer(caller: Caller, fields: Mapping[str, str]) -> Response:
    """Answer the plain form."""
    words = await _end(
        caller, parse(MemberDTO, {name: fields.get(name, "") for name in MemberDTO.model_fields})
    )
    return done_page(t("Signed out"), words, "/moderation", t("Open moderation"))


SESSIONS: Final = Unsent(
    "member-sessions",
    t("Nobody was signed out"),
    t("Nothing was done."),
    "/moderation",
    t("Open moderation"),
    do=_answer,
)


class MembersState(rx.State):
    """The state of the form: errors by field, and the words once it was done."""

    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    said: rx.Field[str] = rx.field("")

    def _refuse(self, error: ErrorView, _payload: Payload) -> None:
        self.errors, self.said = {error.field or "form": error.text}, ""

    @action("members.end_sessions", refused=_refuse)
    async def end_sessions(self, form: MemberDTO) -> EventSpec:
        """Sign a member out everywhere."""
        self.errors, self.said = {}, ""
        self.said = await _end(caller_of(self), form)
        return empty_password(_PREFIX)

    @rx.event
    def clear(self) -> None:
        """Start with an empty form when the page is opened."""
        self.errors, self.said = {}, ""


def member_form(
    *, on_submit: Handler, said: Text, error: Text = "", name_error: Text = "", password_error: Text = ""
) -> rx.Component:
    """Submits `username` and `password`; `said` is what there is to say once it was done."""
    return form_panel(
        t("Sign a member out everywhere"),
        note(
            t(
                "Ends every session of the account: its tabs are closed at once. For one that somebody else seems to "
                "use; its owner signs in again, and reads of it. The trail has it as well."
            )
        ),
        field(
            Field("username", t("The member's username"), "text", "off", error=name_error), id_prefix=_PREFIX
        ),
        password_field(_PREFIX, password_error),
        error_text(error, role="alert"),
        button(t("End every session"), kind="danger", submits=True, test_id="end-member-sessions"),
        note(said, role="status", data_testid="member-sessions-ended"),
        unsent=SESSIONS,
        on_submit=on_submit,
        name="member",
    )


def _mute_row(mute: Row, on_lift: RowHandler) -> rx.Component:
    until = rx.cond(
        mute["until"], rx.fragment(*parts("muted until {time}", time=moment(mute["until"]))), t("banned")
    )
    words = rx.el.p(
        rx.el.b(mute["label"]),
        rx.el.span(until),
        rx.el.span(*parts("by {moderator}, {time}", moderator=mute["moderator"], time=moment(mute["since"]))),
    )
    lift = button(t("Let write again"), on_click=on_lift(mute["handle"]), of=mute["label"], test_id="lift")
    return rx.el.li(words, lift, key=mute["handle"], class_name="mute", data_testid="mute-row")


def muted_panel(*, rows: Rows, ready: Flag, on_lift: RowHandler) -> rx.Component:
    """A row has handle, label, moderator, since and until."""
    listed = rx.el.ul(rx.foreach(rows, lambda mute: _mute_row(mute, on_lift)), class_name="mutes")
    nobody = empty_state(
        t("Nobody is muted."), t("Mute somebody from a message of theirs, here or in its room.")
    )
    return panel(
        t("Muted and banned"),
        kept(
            rx.cond(ready, rx.cond(rows.length() > 0, listed, nobody), loading_state(t("Reading the list…"))),
            label=t("Muted and banned"),
        ),
        data_panel="muted",
    )
