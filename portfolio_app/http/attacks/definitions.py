"""The attacks: what each tries, and how the site has to answer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from portfolio_app.domain.chat.message import BODY_LIMIT
from portfolio_app.words import number, t

ALLOWANCE: Final = 5
"""Posts of one session in ten seconds; one more is refused."""


class Reaction(StrEnum):
    """The site's reaction; `views.py` has the page's words for it."""

    STORED = "stored"
    REPEATED = "repeated"
    HELD = "held"
    SWAPPED = "swapped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Post:
    """Send a message; to the sandbox's own room unless `room` names another."""

    client_id: str
    body: str
    room: str | None = None


@dataclass(frozen=True, slots=True)
class ApproveOwn:
    """Decide on the message that was held back last, as a moderator would."""


@dataclass(frozen=True, slots=True)
class Redeem:
    """Swap the one ticket of this run for a session, as the browser it was made for or as another one."""

    by: Literal["holder", "stranger"]


Try = Post | ApproveOwn | Redeem


@dataclass(frozen=True, slots=True)
class Expected:
    """`times` answers in a row that are alike; `file` is where they are decided, in `portfolio_app/`."""

    outcome: Reaction
    file: str
    status: int = 200
    times: int = 1


@dataclass(frozen=True, slots=True)
class Attack:
    """`name` is what a button sends; `survives` says what the answers show when they are as expected."""

    name: str
    title: str
    story: str
    survives: str
    tries: tuple[Try, ...]
    expected: tuple[Expected, ...]


_STORED: Final = "infra/db/batch_sql.py"
_SQL: Final = "'); DROP TABLE messages; --"

ATTACKS: Final = (
    Attack(
        name="forged-room",
        title=t("Post to a forged room id"),
        story=t("Two posts: one to a well-formed room that does not exist, one with a path for a name."),
        survives=t("Refused: a room has to be well-formed, and then it has to exist."),
        tries=(
            Post("forged-room-1", "let me in", room="moderators-only"),
            Post("forged-room-2", "let me in", room="../lobby"),
        ),
        expected=(
            Expected(Reaction.REFUSED, "infra/db/batch.py", 404),
            Expected(Reaction.REFUSED, "domain/chat/room.py", 422),
        ),
    ),
    Attack(
        name="same-id",
        title=t("Send one message id 20 times"),
        story=t("What a double click, a retry or a replayed frame does, many times over."),
        survives=t("One row: the copies are recognised until the rate limit stops looking at them."),
        tries=(Post("the-very-same-id", "once is enough"),) * 20,
        expected=(
            Expected(Reaction.STORED, _STORED),
            Expected(Reaction.REPEATED, "infra/db/batch.py", times=ALLOWANCE - 1),
            Expected(Reaction.REFUSED, "infra/limiter/limiter.py", 429, times=20 - ALLOWANCE),
        ),
    ),
    Attack(
        name="changed-copy",
        title=t("Change a message after sending it"),
        story=t("The same message id once more, now with another text."),
        survives=t("Refused: an id stands for one text. What was stored first stays as it was."),
        tries=(Post("a-changed-copy", "what I said"), Post("a-changed-copy", "what I wish I had said")),
        expected=(
            Expected(Reaction.STORED, _STORED),
            Expected(Reaction.REFUSED, "infra/db/batch.py", 409),
        ),
    ),
    Attack(
        name="sixth-message",
        title=t("Post six messages at once"),
        story=t("Five in ten seconds are allowed to a session. This sends one more."),
        survives=t("Refused: five rows, and the sixth post learns when to come back."),
        tries=tuple(Post(f"fast-message-{number}", f"fast message {number}") for number in range(1, 7)),
        expected=(
            Expected(Reaction.STORED, _STORED, times=ALLOWANCE),
            Expected(Reaction.REFUSED, "infra/limiter/limiter.py", 429),
        ),
    ),
    Attack(
        name="self-approval",
        title=t("Approve your own held message"),
        story=t("A message with a link waits for a moderator. Its author calls the moderator's handler."),
        survives=t(
            "Refused: the role is looked up in the database, whoever calls. The message keeps waiting."
        ),
        tries=(Post("held-message-1", "see https://example.org/free-money"), ApproveOwn()),
        expected=(
            Expected(Reaction.HELD, "domain/chat/moderation.py"),
            Expected(Reaction.REFUSED, "app/identity.py", 403),
        ),
    ),
    Attack(
        name="sql-text",
        title=t("Send SQL as text"),
        story=t("A statement that drops the table: once as a message, once as the name of a room."),
        survives=t(
            "As a message it is text like any other, stored through a placeholder. As a room it is no name."
        ),
        tries=(Post("sql-message-1", _SQL), Post("sql-message-2", "hello", room=f"lobby{_SQL}")),
        expected=(
            Expected(Reaction.STORED, _STORED),
            Expected(Reaction.REFUSED, "domain/chat/room.py", 422),
        ),
    ),
    Attack(
        name="oversized-body",
        title=t("Send an oversized body"),
        story=t("One character over the limit of {limit}, then 20,001 characters.", limit=number(BODY_LIMIT)),
        survives=t(
            "Refused: the domain counts characters, and the DTO in front of it never lets it count that many."
        ),
        tries=(
            Post("oversized-body-1", "x" * (BODY_LIMIT + 1)),
            Post("oversized-body-2", "x" * 20_001),
        ),
        expected=(
            Expected(Reaction.REFUSED, "domain/chat/message.py", 422),
            Expected(Reaction.REFUSED, "http/transport/parsing.py", 422),
        ),
    ),
    Attack(
        name="stale-ticket",
        title=t("Use a stale ticket"),
        story=t(
            "A ticket swaps one browser's cookie for a new session, once. It is used, used again, and tried "
            "from another browser."
        ),
        survives=t("Accepted once. Whoever comes later is sent back to the sign-in form."),
        tries=(Redeem("holder"), Redeem("holder"), Redeem("stranger")),
        expected=(
            Expected(Reaction.SWAPPED, "app/account/redeem.py"),
            Expected(Reaction.REFUSED, "app/identity.py", 401),
            Expected(Reaction.REFUSED, "app/account/tickets.py", 403),
        ),
    ),
)
