"""The table of handlers that attacks are made of: what a page sends to each, and who may have it done.

A handler of the site that has no line here fails the test.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

REQUEST: Final = "0123456789abcdef" * 2
HANDLE: Final = "0123456789abcdef"
PASSWORD: Final = "correct horse battery"


class Who(IntEnum):
    """The lowest role whose own rows a handler may change."""

    NOBODY = 0
    GUEST = 1
    MEMBER = 2
    MODERATOR = 3
    EVERYBODY_READS = 4
    """It changes no rows, and answers everybody."""


@dataclass(frozen=True, slots=True)
class Attack:
    """The fields of one handler as a page sends them, and who may write by it."""

    who: Who = Who.EVERYBODY_READS
    fields: Mapping[str, Any] = field(default_factory=dict)
    closed: bool = False
    """It reads what is for members or moderators alone: `who` may read it, nobody writes."""
    is_action: bool = True
    """Otherwise it only puts away what its own tab shows, and can't be refused."""


def _form(who: Who, **fields: Any) -> Attack:
    return Attack(who, {"form": fields})


def _reads(**fields: Any) -> Attack:
    return Attack(Who.EVERYBODY_READS, fields)


def _writes(who: Who, **fields: Any) -> Attack:
    return Attack(who, fields)


GUEST, MEMBER, MODERATOR = Who.GUEST, Who.MEMBER, Who.MODERATOR
_SHOWS: Final = Attack(is_action=False)
_JUDGED: Final = _reads(password="another horse battery", name="the-victim", email="victim@example.org")
MESSAGE: Final = "$message"
"""Stands for a message of somebody else, that the room shows."""

OTHERS_SESSION: Final = "$session"
"""Stands for the name that pages give a session of another account."""

HANDLERS: Final[Mapping[str, Attack]] = {
    "confirm_email_state.clear": _SHOWS,
    "confirm_email_state.submit": _form(MEMBER, code="aaaa-bbbb-cccc"),
    "details_state.clear": _SHOWS,
    "details_state.move": _form(MEMBER, email="other@example.org", password=PASSWORD),
    "details_state.rename": _form(MEMBER, username="somebody-else", password=PASSWORD),
    "identity_state.load": _reads(),
    "identity_state.sign_out": _writes(GUEST),
    "passkeys_state.load": Attack(MEMBER, closed=True),
    "passkeys_state.remove": _writes(MEMBER, handle=HANDLE),
    "codes_state.load": Attack(MEMBER, closed=True),
    "codes_state.make": _form(MEMBER, password=PASSWORD),
    "confirm_state.submit": _form(MEMBER, password=PASSWORD),
    "password_state.clear": _SHOWS,
    "password_state.judge": _JUDGED,
    "password_state.submit": _form(MEMBER, old=PASSWORD, new="another horse battery", end_others=True),
    "recover_state.clear": _SHOWS,
    "recover_state.judge": _JUDGED,
    "recover_state.submit": _form(
        GUEST, login="the-victim", code="aaaaa-bbbbb", password="another horse battery"
    ),
    "reset_state.load": _SHOWS,
    "reset_state.submit": _form(GUEST, account="the-victim"),
    "register_state.clear": _SHOWS,
    "register_state.judge": _JUDGED,
    "register_state.submit": _form(GUEST, email="n@example.org", username="newcomer", password=PASSWORD),
    "sessions_state.refresh": Attack(MEMBER, closed=True),
    "sessions_state.revoke": _writes(MEMBER, handle=HANDLE),
    "sessions_state.revoke_others": _writes(MEMBER),
    "sign_in_state.clear": _SHOWS,
    "sign_in_state.submit": _form(GUEST, email="the-victim", password="wrong horse battery"),
    "attack_state.run": _writes(GUEST, name="forged-room"),
    "run_state.compare_with": _reads(run=HANDLE),
    "run_state.open": _reads(),
    "run_state.open_other": _reads(),
    "runs_state.load": _reads(),
    "authors_state.mute": _writes(MODERATOR, id=MESSAGE, length="1 hour"),
    "authors_state.ban": _writes(MODERATOR, id=MESSAGE),
    "authors_state.dismiss": _SHOWS,
    "authors_state.lift": _writes(MODERATOR, handle=HANDLE),
    "changes_state.begin": _reads(id=MESSAGE),
    "changes_state.cancel": _reads(),
    "changes_state.delete": _writes(Who.NOBODY, id=MESSAGE),
    "changes_state.arrive": _reads(),
    "changes_state.dismiss": _SHOWS,
    "changes_state.react": _writes(GUEST, id=MESSAGE, sign="heart", given=True),
    "changes_state.report": _form(GUEST, id=MESSAGE, reason="rude"),
    "changes_state.restore": _reads(),  # puts back what this tab took down, which is nothing
    "changes_state.save": Attack(Who.NOBODY, {"form": {"id": MESSAGE, "body": "not what they wrote"}}),
    "changes_state.take_down": _writes(MODERATOR, id=MESSAGE),
    "own_state.ask": _reads(),
    "own_state.erase": _writes(GUEST),
    "own_state.keep": _reads(),
    "presence_state.leave": _reads(),
    "presence_state.write": _reads(),
    "search_state.search": Attack(Who.EVERYBODY_READS, {"form": {"query": "hello"}}),
    "search_state.older": _reads(),
    "search_state.reread": _reads(),
    "search_state.close": _reads(),
    "chat_state.enter": _reads(),
    "chat_state.go": _reads(id=MESSAGE),
    "chat_state.painted": _reads(messages=[REQUEST], here=[REQUEST]),
    "chat_state.read_page": _reads(toward="older", low=0, high=5, at=0),
    "chat_state.read_quotes": _reads(ids=[MESSAGE]),
    "chat_state.refresh_rooms": _reads(),
    "chat_state.repair": _reads(after=0),
    "chat_state.send": _writes(GUEST, client_id="client-0001", body="hello", room="lobby", reply_to=""),
    "chat_state.withdraw": _writes(GUEST, client_id="client-0002"),
    "first_trace_state.begin": _reads(),
    "first_trace_state.show_arrival": _reads(
        document=REQUEST,
        opened=REQUEST,
        heard=9,
        requested=1,
        answered=2,
        received=3,
        scripts=4,
        scripts_from=5,
        scripts_to=6,
        painted=7,
        largest=8,
    ),
    "first_trace_state.show_message": _reads(request_id=REQUEST),
    "pulse_state.follow": _reads(),
    "pair_state.choose": _reads(request_id=REQUEST),
    "pair_state.open": _reads(),
    "pair_state.open_other": _reads(),
    "log_state.follow": _reads(),
    "stream_state.reveal": _reads(),
    "trace_state.close": _SHOWS,
    "trace_state.open": _reads(request_id=REQUEST),
    "members_state.clear": _SHOWS,
    "members_state.end_sessions": _form(MODERATOR, username="the-victim", password=PASSWORD),
    "page_views_state.load": Attack(MODERATOR, closed=True),
    "rooms_state.archive": _writes(MODERATOR, slug="lobby"),
    "rooms_state.load": Attack(MODERATOR, closed=True),
    "rooms_state.make": _form(MODERATOR, slug="attic", title="Attic"),
    "rooms_state.move_up": _writes(MODERATOR, slug="lobby"),
    "rooms_state.rename": _form(MODERATOR, slug="lobby", title="Cellar"),
    "rooms_state.reopen": _writes(MODERATOR, slug="lobby"),
    "rooms_state.reread": Attack(MODERATOR, closed=True),
    "rooms_state.slow": _form(MODERATOR, slug="lobby", seconds="30"),
    "moderation_state.approve": _writes(MODERATOR, message_id=MESSAGE),
    "moderation_state.dismiss": _SHOWS,
    "moderation_state.keep": _writes(MODERATOR, message_id=MESSAGE),
    "moderation_state.more": Attack(MODERATOR, closed=True),
    "moderation_state.refresh": Attack(MODERATOR, closed=True),
    "moderation_state.remove": _writes(MODERATOR, message_id=MESSAGE),
    "moderation_state.show": Attack(MODERATOR, {"only": "held"}, closed=True),
    "proof_state.load": _reads(),
    "showcase_state.refresh": _reads(),
    "opening.read": Attack(fields={"route": "/chat"}, is_action=False),
}

WRONG_TYPES: Final[tuple[Any, ...]] = (
    *(None, True, 7, -1.5, "text", [], {}, [[["x"]]], ["x"] * 999, {"a": {"b": 1}}, {"__proto__": {"x": 1}}),
)
ODD_TEXTS: Final = (
    *("", " ", "\x00", "a\r\nb", "\u202e", "\ufeff", "é" * 300, "x" * 30_000, "../../etc/passwd", "%00%ff"),
    *("' OR 1=1--", "<script>", "{0.__class__}", "%s%n", "1" * 400, "１２", "-1", "1e9", "0x10", "１_0", "²"),
    *(
        "lobby:0",
        "\x1b[2J",
        "on\u0130e",
        "a@b@c",
        OTHERS_SESSION,
        MESSAGE,
        "null",
        "x" * 64,
        "f" * 32,
        "f" * 16,
    ),
)
ODD_NUMBERS: Final = (-1, 0, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 10**40)


def wrong(fields: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields with one of another type, with one too many, and with one fewer; those of a form likewise."""
    for name, good in fields.items():
        for junk in WRONG_TYPES:
            if not isinstance(junk, type(good)) and not isinstance(good, type(junk)):
                yield {**fields, name: junk}
        if isinstance(good, dict):
            yield from ({name: inner} for inner in wrong(good))
            yield {name: {**good, "admin": True}}
            yield from ({name: {n: v for n, v in good.items() if n != left}} for left in good)
        elif isinstance(good, list):
            yield from ({**fields, name: [junk]} for junk in (None, 7, {}, [good]))


def odd(fields: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields with one whose type is right and whose value is not what a page sends."""
    for name, good in fields.items():
        if isinstance(good, dict):
            yield from ({name: inner} for inner in odd(good))
        elif isinstance(good, str):
            yield from ({**fields, name: text} for text in ODD_TEXTS)
        elif isinstance(good, list):
            yield from ({**fields, name: [text] * n} for text in ODD_TEXTS[:9] for n in (1, 60))
        elif isinstance(good, int):
            yield from ({**fields, name: number} for number in ODD_NUMBERS)
