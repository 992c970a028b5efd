"""Rooms as moderators change them."""

from dataclasses import asdict, dataclass
from typing import Any, Final

import reflex as rx
from pydantic import Field

from portfolio_app.app.chat.rooms import RoomChange
from portfolio_app.domain.chat.room import SLOWEST_S, Room
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import error_text, form
from portfolio_app.http.kit.kinds import Child, Handler, Row, RowHandler, Rows, Text
from portfolio_app.http.kit.layout import panel
from portfolio_app.http.kit.marks import tag
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.kit.scripts import kept
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of, sid_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Form, Request, kept_text
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import part, services
from portfolio_app.words import t

_SLUG_LENGTH: Final = 100
_TITLE_LENGTH: Final = 2_000


class TitledRoom(Form):
    """A room's name and its title; lengths here only bound the work."""

    slug: str = Field(max_length=_SLUG_LENGTH)
    title: str = Field(max_length=_TITLE_LENGTH)


class SlowedRoom(Form):
    """A room's name, and the seconds between two posts of one author as they were typed."""

    slug: str = Field(max_length=100)
    seconds: str = Field(max_length=20)


class RoomDTO(Request):
    """The room that is changed."""

    slug: str = Field(max_length=100)


@dataclass(frozen=True, slots=True)
class ManagedRoomView:
    """A line of the moderators' list."""

    slug: str
    title: str
    archived: bool
    slow_s: int = 0


def managed_room_view(room: Room) -> ManagedRoomView:
    """The line."""
    return ManagedRoomView(str(room.slug), room.title, room.archived, room.slow_s)


class RoomsState(rx.State):
    """Every room, archived ones too; empty for anyone but a moderator, and sent, not kept, as `ModerationState`.

    `refused` is what was typed for a room that was not made: it stays in the form.
    """

    rooms: rx.Field[list[ManagedRoomView]] = rx.field(default_factory=list)
    problem: rx.Field[str] = rx.field("")
    refused: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    def _not_made(self, error: ErrorView, payload: Payload) -> None:
        fields = payload.get("form")
        given = fields if isinstance(fields, dict) else {}
        self.problem = error.text
        self.refused = {
            "slug": kept_text(given.get("slug"), _SLUG_LENGTH),
            "title": kept_text(given.get("title"), _TITLE_LENGTH),
        }

    def _closed(self, _error: ErrorView, _payload: Payload) -> None:
        self.rooms = []

    @action("rooms.read", live=False, refused=_closed)
    async def load(self) -> None:
        """Read the list."""
        self.problem, self.refused = "", {}
        await self._read()

    @action("rooms.reread", live=False, refused=_closed)
    async def reread(self) -> None:
        """Read it again, after a change of anybody."""
        await self._read()

    @action("rooms.make", refused=_not_made)
    async def make(self, wanted: TitledRoom) -> None:
        """Make a room at the end of the list."""
        self.problem, self.refused = "", {}
        await self._change(RoomChange.MAKE, wanted.slug, wanted.title)

    @action("rooms.rename")
    async def rename(self, wanted: TitledRoom) -> None:
        """Give a room another title."""
        await self._change(RoomChange.RENAME, wanted.slug, wanted.title)

    @action("rooms.slow")
    async def slow(self, wanted: SlowedRoom) -> None:
        """Put a room into slow mode, or end it."""
        await self._change(RoomChange.SLOW, wanted.slug, wanted.seconds)

    @action("rooms.raise")
    async def move_up(self, wanted: RoomDTO) -> None:
        """Move a room one place up."""
        await self._change(RoomChange.RAISE, wanted.slug)

    @action("rooms.archive")
    async def archive(self, wanted: RoomDTO) -> None:
        """Keep a room for reading."""
        await self._change(RoomChange.ARCHIVE, wanted.slug)

    @action("rooms.reopen")
    async def reopen(self, wanted: RoomDTO) -> None:
        """Let people write into it again."""
        await self._change(RoomChange.REOPEN, wanted.slug)

    async def _change(self, change: RoomChange, slug: str, title: str = "") -> None:
        await services().manage_rooms(caller_of(self), change, slug, title)
        await self._read()

    async def _read(self) -> None:
        found = await services().manage_rooms.all(caller_of(self))
        rooms = [asdict(managed_room_view(room)) for room in found]
        await part(Push).send(sid_of(self), RoomsState, rooms=rooms)


def _field(name: str, label: Text, placeholder: str, **more: Any) -> rx.Component:  # noqa: ANN401 (attributes of an input)
    # By a label of its own: an id would become a field of the form, too.
    return rx.el.input(
        name=name, aria_label=label, required=True, placeholder=placeholder, class_name="room-field", **more
    )


def _unsent(name: str, words: str) -> Unsent:
    return Unsent(name, t("Not changed yet"), words, "/moderation", t("Open moderation"))


ROOM: Final = _unsent("room", t("The scripts of the page had not loaded yet, so no room was made."))
SLOWED: Final = _unsent(
    "room-slow", t("The scripts of the page had not loaded yet, so the room is as fast as it was.")
)
RENAMED: Final = _unsent(
    "room-title", t("The scripts of the page had not loaded yet, so the room keeps its title.")
)


def _room_form(*children: Child, unsent: Unsent, on_submit: Handler, **attributes: bool) -> rx.Component:
    return form(*children, unsent=unsent, on_submit=on_submit, class_name="room-form", **attributes)


def _slow_form(room: Row, on_slow: Handler) -> rx.Component:
    slug = room["slug"]
    return _room_form(
        rx.el.input(type="hidden", name="slug", value=slug, read_only=True),
        rx.el.input(
            name="seconds",
            type="number",
            min=0,
            max=SLOWEST_S,
            required=True,
            default_value=room["slow_s"].to_string(),
            aria_label=t("Slow mode of {slug}: seconds between two posts of one author", slug=slug),
            class_name="room-seconds",
        ),
        t("s between posts"),
        button(t("Set"), submits=True, of=slug, test_id="room-slow"),
        unsent=SLOWED,
        on_submit=on_slow,
    )


def _room_row(
    room: Row,
    on_rename: Handler,
    on_slow: Handler,
    *,
    on_up: RowHandler,
    on_archive: RowHandler,
    on_reopen: RowHandler,
) -> rx.Component:
    slug = room["slug"]
    return rx.el.li(
        _room_form(
            rx.el.code(slug),
            rx.el.input(type="hidden", name="slug", value=slug, read_only=True),
            _field("title", t("Title of {slug}", slug=slug), t("Title"), default_value=room["title"]),
            button(t("Rename"), submits=True, of=slug),
            unsent=RENAMED,
            on_submit=on_rename,
        ),
        _slow_form(room, on_slow),
        rx.el.div(
            button(t("Move up"), kind="plain", on_click=on_up(slug), of=slug),
            rx.cond(
                room["archived"],
                rx.fragment(tag(t("archived")), button(t("Reopen"), on_click=on_reopen(slug), of=slug)),
                button(t("Archive the room"), kind="plain", on_click=on_archive(slug), of=slug),
            ),
            class_name="room-actions",
        ),
        key=slug,
        class_name="room-row",
        data_testid="room-row",
        data_slug=slug,
    )


def rooms_panel(
    *,
    rows: Rows,
    on_make: Handler,
    on_rename: Handler,
    on_slow: Handler,
    on_up: RowHandler,
    on_archive: RowHandler,
    on_reopen: RowHandler,
    error: Text = "",
    refused_slug: Text = "",
    refused_title: Text = "",
) -> rx.Component:
    """A row has slug, title, archived and slow_s; forms have the fields slug and title, or slug and seconds.

    `refused_slug` and `refused_title` are those of a room that was not made.
    """
    return panel(
        t("Rooms"),
        kept(
            rx.el.ul(
                rx.foreach(
                    rows,
                    lambda room: _room_row(
                        room, on_rename, on_slow, on_up=on_up, on_archive=on_archive, on_reopen=on_reopen
                    ),
                ),
                class_name="rooms",
            ),
            label=t("Rooms"),
        ),
        _room_form(
            _field(
                "slug",
                t("Name of a new room"),
                t("name-in-the-address"),
                pattern="[a-z0-9][a-z0-9\\-]*",
                default_value=refused_slug,
            ),
            _field("title", t("Title of a new room"), t("Title"), default_value=refused_title),
            button(t("Make a room"), kind="primary", submits=True, test_id="room-make"),
            unsent=ROOM,
            on_submit=on_make,
            reset_on_submit=True,
        ),
        error_text(error, role="alert"),
        data_panel="rooms",
    )
