"""Names of the topics a tab can listen to."""

from typing import Final

MODERATION: Final = "moderation"
PULSE: Final = "pulse"
_ROOM_PREFIX: Final = "room:"


def room_topic(slug: str) -> str:
    """Visible changes of a room."""
    return _ROOM_PREFIX + slug


def own_room_topic(slug: str, session_id: str) -> str:
    """What one visitor session alone sees in a room: its messages that wait for a moderator."""
    return f"{_ROOM_PREFIX}{slug}:{session_id}"


def session_topic(session_id: str) -> str:
    """What concerns all tabs of one visitor session, and nobody else."""
    return f"session:{session_id}"


def parts_of_room(topic: str) -> tuple[str, str | None] | None:
    """The room of `room_topic`, room and session of `own_room_topic`; None for other topics."""
    if not is_room(topic):
        return None
    slug, _, session_id = topic.removeprefix(_ROOM_PREFIX).partition(":")
    return slug, session_id or None


def is_room(topic: str) -> bool:
    """Whether a topic belongs to a room."""
    return topic.startswith(_ROOM_PREFIX)


def shared_topic(name: str) -> str:
    """Changes of a value that all visitors see."""
    return f"shared:{name}"
