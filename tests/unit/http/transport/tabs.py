"""States of a tab, as the site makes them, and what a browser says of those it was loaded with."""

from typing import Any

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex.state import state_snapshot_hashes

from portfolio_app.http.transport.frames.snapshots import make_as_needed


class Shown(rx.State):
    """Two vars, one of which is made anew for each tab."""

    word: str = "as compiled"
    words: list[str] = ["as", "compiled"]  # noqa: RUF012 (the framework copies it)


class Untouched(rx.State):
    """Nobody asks for it."""

    word: str = "nobody asks"


class Counted(rx.State):
    """A var that is computed."""

    number: int = 2

    @rx.var
    def twice(self) -> int:
        return self.number * 2


def tab() -> Any:
    """The states of a new tab, as the site makes them."""
    manager = StateManagerMemory()
    make_as_needed(manager)
    return manager._get_or_create_state(BaseStateToken(ident="tab", cls=rx.State))


async def hashes_of_a_page() -> list[str]:
    """What a browser says of the states it was loaded with."""
    return state_snapshot_hashes(rx.State(_reflex_internal_init=True).dict(initial=True))
