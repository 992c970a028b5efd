"""The components that pages share, in two modules: what the front page shows, and what other pages show besides.

Reflex writes all of them into one module, and a first visit to the front page would load those of every page.
"""

import re
from typing import Final

MODULE: Final = "app_components/portfolio_app/portfolio_app"
OTHERS: Final = f"{MODULE}_others"
"""Both below `.web`, without their suffix; pages import them as `$/…`."""
_IMPORT: Final = re.compile(rf'^import \{{([\w,]+)\}} from "\$/{MODULE}"$', re.MULTILINE)
_COMPONENT: Final = re.compile(r"^(?=export const )", re.MULTILINE)
_NAME: Final = re.compile(r"export const (\w+)")


class SharedComponents:
    """One compile: to be given the front page, then every other page, then the module."""

    def __init__(self) -> None:
        self._front: frozenset[str] = frozenset()
        self._others = ""

    def front_page(self, page: str) -> str:
        """Take note of what it shows. Raises RuntimeError when it imports in another way than is known."""
        found = _IMPORT.search(page)
        if found is None:
            raise RuntimeError("the front page imports its components in another way than this project knows")
        self._front = frozenset(found[1].split(","))
        return page

    def page(self, text: str) -> str:
        """Another page, which imports from either module what is there."""
        return _IMPORT.sub(self._imports, text)

    def module(self, text: str) -> str:
        """The components of the front page; `others` has the rest from now on."""
        head, *components = _COMPONENT.split(text)
        named = [(found[1], each) for each in components if (found := _NAME.match(each))]
        self._others = head + "".join(each for name, each in named if name not in self._front)
        return head + "".join(each for name, each in named if name in self._front)

    def others(self, _text: str) -> str:
        """The components of other pages alone."""
        return self._others

    def _imports(self, found: re.Match[str]) -> str:
        names = found[1].split(",")
        front = ",".join(name for name in names if name in self._front)
        rest = ",".join(name for name in names if name not in self._front)
        lines = [
            f'import {{{each}}} from "$/{path}"' for each, path in ((front, MODULE), (rest, OTHERS)) if each
        ]
        return "\n".join(lines)
