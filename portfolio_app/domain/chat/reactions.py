"""Reactions to a message: signs of a short fixed set, and how many readers gave each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self


class Sign(StrEnum):
    """A sign that a reader can react with."""

    LIKE = "like"
    HEART = "heart"
    LAUGH = "laugh"
    PARTY = "party"
    EYES = "eyes"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True)
class Reactions:
    """How many readers gave a sign, in the order of `Sign`, without those that nobody gave."""

    counts: tuple[tuple[Sign, int], ...] = ()

    def changed(self, sign: Sign, by: int) -> Self:
        """The counts with `by` more of a sign; one that falls to zero is left out."""
        known = dict(self.counts)
        known[sign] = known.get(sign, 0) + by
        return type(self)(tuple((each, known[each]) for each in Sign if known.get(each, 0) > 0))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The counts again from their text."""
        pairs = (pair.partition(":") for pair in text.split())
        return cls(tuple((Sign(sign), int(count)) for sign, _, count in pairs))

    def __str__(self) -> str:
        return " ".join(f"{sign}:{count}" for sign, count in self.counts)


NO_REACTIONS: Final = Reactions()
