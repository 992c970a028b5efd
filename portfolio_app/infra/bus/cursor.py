"""A reader's place in a stream, by which it notices what it did not get."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BEGINNING: Final = b"1-0"
"""The id that every stream begins after."""


class Loss(StrEnum):
    """Why events may be lost."""

    FAILED_READ = "failed read"
    GAP = "gap"
    """Entries were trimmed, or deleted, before they were read."""
    OTHER_STREAM = "other stream"
    """The server was emptied, or is another one."""
    OTHER_SERVER = "other server"
    """The server was started again, or replaced, with the stream as it was stored some time ago."""
    UNSENT = "unsent"
    """A worker had more to publish than it can keep while Redis is away."""
    STARTED = "started"
    """A worker has started; the one before may have died between a commit and its publication."""
    ANNOUNCED = "announced"
    """Another worker says so."""
    UNREAD = "unread"
    """A worker of another release wrote what this one can't read."""


@dataclass(frozen=True, slots=True)
class Look:
    """The server's answer about a stream: its epoch, the id given out last, and which process it is itself."""

    epoch: bytes
    last: bytes
    server: bytes


class Cursor:
    """The id of the entry read last, in the epoch of its stream. The site numbers entries without gaps.

    Every method that compares returns the loss it found, and goes on behind it.
    """

    def __init__(self) -> None:
        self.position: bytes | None = None
        """Read on after this id; None before the first look."""
        self._look = Look(b"", b"", b"")

    def compare(self, look: Look) -> Loss | None:
        """Take a look before the next read; the first one says where to begin, which loses nothing."""
        before, self._look = self._look, look
        if self.position is None:
            self.position = look.last
            return None
        if look.epoch != before.epoch:
            # All its entries were published since it was made.
            self.position = BEGINNING
            return Loss.OTHER_STREAM
        if _number(look.last) < _number(self.position):
            self.position = look.last
            return Loss.OTHER_STREAM
        return Loss.OTHER_SERVER if look.server != before.server else None

    def take(self, entry_id: bytes, epoch: bytes | None) -> Loss | None:
        """Step to the next entry. One without an epoch is of a release that left numbering to Redis."""
        if epoch is not None and epoch != self._look.epoch:
            self._look = Look(epoch, BEGINNING, self._look.server)
            self.position = BEGINNING
            return Loss.OTHER_STREAM
        before, self.position = self.position or BEGINNING, entry_id
        return None if _number(entry_id) == _number(before) + 1 else Loss.GAP

    def found_nothing(self) -> Loss | None:
        """Take note that no entry came after the position, although the last look may have seen one."""
        if self.position is None or _number(self._look.last) <= _number(self.position):
            return None
        self.position = self._look.last
        return Loss.GAP


def _number(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])
