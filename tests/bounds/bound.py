"""A bound, the test that holds it, and how to switch the one off to see the other fail."""

from dataclasses import dataclass
from typing import Any, Final

UNIT: Final = "tests/unit"
CONTRACT: Final = "tests/contract"
OUTCOME: Final = "outcome without the bound"
"""The property of a test's report that says how it ended while its bound was off."""
HTTP: Final = f"{UNIT}/http/transport"


@dataclass(frozen=True, slots=True)
class Bound:
    """What is bounded, the test that says so, and what stands for `target` while the bound is off."""

    name: str
    test: str
    target: str
    off: Any

    @property
    def function(self) -> str:
        """The test as the register of threats names it: below `tests/`, without a parameter."""
        return self.test.removeprefix("tests/").partition("[")[0]


async def admit_all(*_: object) -> None:
    """A limiter that refuses nobody."""


def same(value: object) -> object:
    """What was given, untouched."""
    return value


def nothing(*_: object, **__: object) -> None:
    """A step that is left out."""


def yes(*_: object) -> bool:
    """A check that everything passes."""
    return True


def no(*_: object) -> bool:
    """A check that nothing passes."""
    return False
