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


def is_room(topic: str) -> bool:
    """Whether a topic belongs to a room."""
    return topic.startswith(_ROOM_PREFIX)


def shared_topic(name: str) -> str:
    """Changes of a value that all visitors see."""
    return f"shared:{name}"
