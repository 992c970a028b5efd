"""An author: a tab without a browser that posts, edits and deletes, sends again as pages do, and writes it all down."""

import asyncio
import itertools
import random
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.chaos.history import Fail, History, Invoke, Ok, Unknown, kept_of
from tests.chaos.people import FOREVER_S, RETRY_S, Person
from tests.site import Site
from tests.socket.client import State, Tab

ANSWER_S = 4
MOST_ATTEMPTS = 12
GIVES_UP = 0.1
"""How often an author leaves it at an attempt without an answer, of all such attempts."""
EDITS, DELETES = 0.12, 0.06
CHANGEABLE = 8
"""An author changes one of so many newest messages."""
OPEN_ENDED = (
    "The service can't be reached right now.",
    "Something went wrong on our side.",
    "The request broke",
)
"""Answers after which it may have happened all the same."""


@dataclass
class Own:
    """A message of an author's own, stored as far as the author knows."""

    cid: str
    id: str = ""
    settled: bool = True
    """Whether every change of it was answered."""
    gone: bool = False


@dataclass
class Work:
    """One request, until it is answered or given up."""

    do: str
    own: Own
    body: str = ""
    attempts: int = 0


_ops = itertools.count(1)


class Author(Person):
    """Posts, edits and deletes, one request after the other, until told to be silent."""

    def __init__(
        self, site: Site, name: str, room: str, history: History, rng: random.Random, pause: float
    ) -> None:
        super().__init__(site, name, room, history)
        self.posting = asyncio.Event()
        """Cleared, nothing new is asked for."""
        self.posting.set()
        self.idle = asyncio.Event()
        """Set while nothing is under way."""
        self.idle.set()
        self.acknowledged = 0
        self.heard_at = 0.0
        """When the request was made that was acknowledged last, by the monotonic clock."""
        self.revision = 0
        """The highest that an answer named."""
        self._rng, self._pause = rng, pause
        self._numbers = itertools.count(1)
        self._own: deque[Own] = deque(maxlen=CHANGEABLE)
        self._work: Work | None = None
        self._outcomes: dict[str, dict[str, Any]] = {}
        self._problem = ""

    async def stay(self, tab: Tab) -> None:
        """One request after the other."""
        while True:
            if self._work is None and not self.posting.is_set():
                self.idle.set()
                await self._until_posting(tab)
            self.idle.clear()
            self._work = self._work or self._next()
            await self._attempt(tab, self._work)
            await asyncio.sleep(self._pause * self._rng.uniform(0.5, 1.5))

    def take(self, delta: State) -> None:
        """Notes the answers to own requests, and the ids of own messages."""
        known = {own.cid: own for own in self._own}
        for name, values in delta.items():
            if name.endswith("chat_state") and (outcome := values.get("outcome_rx_state_")):
                self._outcomes[outcome["cid"]] = outcome
            elif name.endswith("changes_state"):
                self._problem = values.get("problem_rx_state_") or self._problem
        for row in _rows(delta):
            if own := known.get(row["cid"]):
                own.id = row["id"]

    async def _until_posting(self, tab: Tab) -> None:
        waits = [asyncio.create_task(self.posting.wait()), asyncio.create_task(tab.closed(FOREVER_S))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not self.posting.is_set():
            raise ConnectionResetError

    def _next(self) -> Work:
        chance = self._rng.random()
        changeable = [own for own in self._own if own.id and own.settled and not own.gone]
        if changeable and chance < EDITS + DELETES:
            own = self._rng.choice(changeable)
            do = "delete" if chance < DELETES else "edit"
            return Work(do, own, f"{self.name} edits {next(self._numbers)}" if do == "edit" else "")
        number = next(self._numbers)
        return Work("post", Own(f"{self.name}-{number:06}"), f"{self.name} says {number}")

    async def _attempt(self, tab: Tab, work: Work) -> None:
        op, work.attempts, asked_at = next(_ops), work.attempts + 1, time.monotonic()
        self.history.add(Invoke(op, self.name, work.do, self.room, work.own.cid, work.body))
        try:
            why, revision = await (
                self._post(tab, work) if work.do == "post" else self._change(tab, work, op)
            )
        except BaseException as error:
            self.history.add(Unknown(op, type(error).__name__))
            self._unanswered(work)
            raise
        if not why:
            self.history.add(Ok(op, revision))
            self.heard_at, self.revision = asked_at, max(self.revision, revision)
            self._done(work)
        elif why.startswith(OPEN_ENDED):
            self.history.add(Unknown(op, why))
            self._unanswered(work)
            await asyncio.sleep(RETRY_S)  # as a page that was told to try again in a moment
        else:
            self.history.add(Fail(op, why))
            self._work, work.own.settled = None, False

    async def _post(self, tab: Tab, work: Work) -> tuple[str, int]:
        cid = work.own.cid
        if work.own not in self._own:
            self._own.append(work.own)
        self._outcomes.pop(cid, None)
        await tab.call(
            f"{tab.find('chat_state')}.send", {"client_id": cid, "body": work.body}, path=self.path
        )
        await tab.until(lambda: cid in self._outcomes, ANSWER_S)
        outcome = self._outcomes.pop(cid)
        return outcome["error"], outcome["rev"]

    async def _change(self, tab: Tab, work: Work, op: int) -> tuple[str, int]:
        """A change that goes well says nothing that tells it from another: what is asked after it does."""
        name, message = tab.find("changes_state"), {"id": work.own.id}
        self._problem = ""
        if work.do == "edit":
            await tab.call(f"{name}.save", {"form": message | {"body": work.body}}, path=self.path)
        else:
            await tab.call(f"{name}.delete", message, path=self.path)
        await tab.call(f"{name}.begin", {"id": f"after {op}"}, path=self.path)
        await tab.until(lambda: tab.value("changes_state", "editing") == f"after {op}", ANSWER_S)
        return self._problem, 0

    def _done(self, work: Work) -> None:
        self.acknowledged += 1
        self._work = None
        work.own.gone = work.do == "delete"

    def _unanswered(self, work: Work) -> None:
        if work.attempts >= MOST_ATTEMPTS or self._rng.random() < GIVES_UP:
            self._work, work.own.settled = None, False


def _rows(delta: State) -> Iterator[dict[str, Any]]:
    for kept in kept_of(delta).values():
        yield from kept.get("arrivals_rx_state_", ())
        yield from kept.get("window_rx_state_", {}).get("rows", ())
