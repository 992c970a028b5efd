"""The room's browser script (`room.js`) as Reflex Vars."""

from typing import Any, Final

import reflex as rx
from reflex.vars import FunctionVar

from portfolio_app.http.account import IdentityState
from portfolio_app.http.chat.changes import ChangesState
from portfolio_app.http.chat.feed import RoomFeed
from portfolio_app.http.chat.presence import PresenceState
from portfolio_app.http.chat.state import ChatState
from portfolio_app.http.kit.kinds import Flag, Number, Text
from portfolio_app.http.kit.scripts import Row, handler_name, hook_view, later, script_function, script_names

_ROOM: Final = "$/public/js/room.js"


def _names() -> str:
    return script_names(
        chat=ChatState.get_full_name(),
        feed=RoomFeed.get_full_name(),
        identity=IdentityState.get_full_name(),
        send=handler_name(ChatState.send),
        withdraw=handler_name(ChatState.withdraw),
        repair=handler_name(ChatState.repair),
        page=handler_name(ChatState.read_page),
        go=handler_name(ChatState.go),
        quotes=handler_name(ChatState.read_quotes),
        react=handler_name(ChangesState.react),
        painted=handler_name(ChatState.painted),
        write=handler_name(PresenceState.write),
    )


def room_rows() -> rx.Var[list[Row]]:
    """Every row of the room this tab shows: confirmed ones by revision, then those still on their way."""
    return hook_view(_ROOM, "useRoom", "roomRows", f'{_names()}, "snapshot"', list[Row])


def room_spoken() -> rx.Var[list[Row]]:
    """The newest messages that came in after the room was opened."""
    return hook_view(_ROOM, "useRoom", "roomSpoken", f'{_names()}, "spoken"', list[Row])


def room_changes() -> rx.Var[str]:
    """Another text whenever messages of the room are gone, were written anew, or their authors have left."""
    return hook_view(_ROOM, "useRoom", "roomChanges", f'{_names()}, "changes"', int).to_string()


def room_low() -> Number:
    """The first place in the room whose messages are here, 0 where there is nothing older."""
    return hook_view(_ROOM, "useRoom", "roomLow", f'{_names()}, "low"', int).to(int)


def room_high() -> Number:
    """The first place in the room that is not here any more, `END` where there is nothing newer."""
    return hook_view(_ROOM, "useRoom", "roomHigh", f'{_names()}, "high"', int).to(int)


def midnight(day: rx.Var[str]) -> rx.Var[int]:
    """The beginning of a date where the reader is, in milliseconds since the epoch; 0 for one before it."""
    # Without an offset a date and time is a local one.
    begins = rx.Var(f"Date.parse({day!s} + 'T00:00')", _var_type=int, _var_data=day._get_all_var_data()).to(
        int
    )
    return rx.cond(begins > 0, begins, 0).to(int)


def read_to() -> FunctionVar[Any]:
    """The browser's function that is called with whether the end of the room is in view."""
    return script_function("readTo", _ROOM)


def room_error() -> rx.Var[str]:
    """Why the newest of the posts that failed was not sent, or an empty text."""
    return hook_view(_ROOM, "useRoom", "roomError", f'{_names()}, "error"', str)


def room_waiting() -> Flag:
    """Whether a message that was written here waits for a connection."""
    return hook_view(_ROOM, "useRoom", "roomWaiting", f'{_names()}, "waiting"', bool).to(bool)


def submit_message() -> FunctionVar[Any]:
    """The form's submit handler: puts its `body` into the outbox and sends it."""
    return script_function("submitMessage", _ROOM)


def retry_message(cid: rx.Var[str]) -> FunctionVar[Any]:
    """Send a failed row again under its own id, so that it can't be stored twice."""
    return later(script_function("room.outbox.retry", _ROOM), cid)


def discard_message(cid: rx.Var[str]) -> FunctionVar[Any]:
    """Forget a row that was not sent, for good: it is withdrawn from whatever may still hold it."""
    return later(script_function("room.outbox.discard", _ROOM), cid)


def room_answer(part: str) -> Text:
    """A part of the message that the composer's text answers: its id as `answering`, `quoteBy` and `quoteWords`."""
    return hook_view(_ROOM, "useRoom", f"room_{part}", f'{_names()}, "{part}"', str).to(str)


def room_answer_gone() -> Flag:
    """Whether that message is deleted or taken down by now."""
    return hook_view(_ROOM, "useRoom", "room_quoteGone", f'{_names()}, "quoteGone"', bool).to(bool)


def answer_message(message_id: rx.Var[str] | str) -> FunctionVar[Any]:
    """Write an answer to a message; without one, to none."""
    return later(script_function("answerMessage", _ROOM), message_id)


def go_to_message(message_id: rx.Var[str]) -> FunctionVar[Any]:
    """Bring a message of the room into view, wherever it is."""
    return later(script_function("room.go", _ROOM), message_id)


def react_to(message_id: rx.Var[str], sign: rx.Var[str] | str) -> FunctionVar[Any]:
    """Give a message a sign, or take it back."""
    return later(script_function("reactTo", _ROOM), message_id, sign)


def edited_text(message_id: rx.Var[str], body: rx.Var[str]) -> Text:
    """The text that was typed for a message and not saved, or else the message's own."""
    return script_function("editOf", _ROOM).call(message_id, body).to(str)


def keeps_edited_text(message_id: rx.Var[str], body: rx.Var[str]) -> rx.Var[Any]:
    """The input handler of a field: keeps its text in the tab, also over a reload."""
    return script_function("keepsEdit", _ROOM).call(message_id, body)


def forget_edited_text(message_id: rx.Var[str]) -> FunctionVar[Any]:
    """Give up what was typed for a message."""
    return later(script_function("forgetEdit", _ROOM), message_id)


def copy_link(message_id: rx.Var[str]) -> FunctionVar[Any]:
    """Put the address of a message on the clipboard."""
    return later(script_function("copyLink", _ROOM), message_id)


def copied_link() -> rx.Var[str]:
    """The message whose address was copied last, or an empty text."""
    return hook_view(_ROOM, "useRoom", "roomCopied", f'{_names()}, "copied"', str)


def dismiss_message(message_id: rx.Var[str]) -> FunctionVar[Any]:
    """Hide what is left of a message that was removed."""
    return later(script_function("room.dismiss", _ROOM), message_id)
