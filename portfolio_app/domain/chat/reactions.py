"""Reactions to a message: signs of a short fixed set, and how many readers gave each."""

from dataclasses import dataclass, replace
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
    """How many readers gave a sign, in the order of `Sign`, without those that nobody gave.

    `others` are the counts of signs that only a newer version shows: they are stored again as they were.
    """

    counts: tuple[tuple[Sign, int], ...] = ()
    others: tuple[str, ...] = ()

    def changed(self, sign: Sign, by: int) -> Self:
        """The counts with `by` more of a sign; one that falls to zero is left out."""
        known = dict(self.counts)
        known[sign] = known.get(sign, 0) + by
        return replace(self, counts=tuple((each, known[each]) for each in Sign if known.get(each, 0) > 0))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The counts again from their text."""
        pairs = [pair.partition(":") for pair in text.split()]
        known = [pair for pair in pairs if pair[0] in set(Sign) and pair[2].isdecimal()]
        others = tuple("".join(pair) for pair in pairs if pair not in known)
        return cls(tuple((Sign(sign), int(count)) for sign, _, count in known), others)

    def __str__(self) -> str:
        return " ".join((*(f"{sign}:{count}" for sign, count in self.counts), *self.others))


NO_REACTIONS: Final = Reactions()
