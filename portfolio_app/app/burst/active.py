"""The runs under way, as one worker knows them: what makes a burst's requests cheap."""

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from portfolio_app.app.burst.notes import STALL_MS, Notes
from portfolio_app.app.events import RunNoted
from portfolio_app.app.ports.runs import Run
from portfolio_app.domain.burst.ledger import Answer

MAX_NOTED: Final = 256
"""Runs of which something is kept; those of all workers, when there are several."""
IDLE: Final = timedelta(seconds=8)
"""The time without a request or an answer after which a run counts as abandoned. A sender that waits for its last
pushes and reports over a slow line is quiet for some six seconds at most."""
_REMEMBERED: Final = 1_024
_TOLD_AT_ONCE: Final = 1_000
"""Requests, and answers, of a run in one publication: some 100 KB, encoded in a few milliseconds."""


@dataclass(slots=True)
class ActiveRuns:
    """Runs by id and by session. Used on the event loop only.

    `shared` says that there are other workers, who hear what this one, `origin`, notes. `own` are the
    runs that were started here, each with the network it was started from, `finishing` those that take no more
    requests. `incomplete` says that notes of other workers may have been lost on their way here.
    """

    shared: bool = False
    origin: str = field(default_factory=lambda: secrets.token_hex(8))
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    incomplete: bool = False
    runs: dict[str, Run] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    finishing: set[str] = field(default_factory=set)
    _by_session: dict[str, str] = field(default_factory=dict)
    _notes: OrderedDict[str, Notes] = field(default_factory=OrderedDict)
    _disowned: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def of_session(self, session_id: str) -> str | None:
        """The run that the session has under way, as far as this worker knows."""
        return self._by_session.get(session_id)

    def reserve(self, run_id: str, network: str) -> None:
        """Take a place before the run is stored."""
        self.own[run_id] = network

    def release(self, run_id: str) -> None:
        """Give the place back."""
        self.own.pop(run_id, None)

    def open(self, run: Run, at: datetime) -> None:
        """Know a run from now on, which is `at`."""
        self.runs[run.id] = run
        self._by_session[run.session_id] = run.id
        self.notes(run.id).last_at = at

    def end(self, run_id: str) -> None:
        """Forget a run, and refuse whatever still comes for it."""
        run = self.runs.pop(run_id, None)
        if run is not None and self._by_session.get(run.session_id) == run_id:
            del self._by_session[run.session_id]
        self.release(run_id)
        self._notes.pop(run_id, None)
        self.finishing.discard(run_id)
        self.disown(run_id)

    def disown(self, run_id: str) -> None:
        """Remember that no such run is under way."""
        self._disowned[run_id] = None
        if len(self._disowned) > _REMEMBERED:
            self._disowned.popitem(last=False)

    def is_disowned(self, run_id: str) -> bool:
        """Whether this worker knows that no such run is under way."""
        return run_id in self._disowned

    def expired(self, now: datetime) -> list[Run]:
        """Runs whose time is up."""
        return [run for run in self.runs.values() if run.expires_at <= now]

    def patience(self, run: Run, now: datetime) -> timedelta:
        """How much longer a run may be quiet before it counts as abandoned; it does from 0 on."""
        if run.id in self.finishing:
            return IDLE
        return (self.notes(run.id).last_at or run.started_at) + IDLE - now

    def abandoned(self, now: datetime) -> list[Run]:
        """Runs started here that nobody is behind any more."""
        own = (self.runs[run_id] for run_id in self.own if run_id in self.runs)
        return [run for run in own if self.patience(run, now) <= timedelta()]

    def notes(self, run_id: str) -> Notes:
        """The notes of a run, by this worker and those it hears of."""
        notes = self._notes.get(run_id)
        if notes is None:
            notes = self._notes[run_id] = Notes()
            if len(self._notes) > MAX_NOTED:
                self._notes.popitem(last=False)
        return notes

    def receive(self, run: Run, request_id: str, n: int, at: datetime) -> bool:
        """Note a request at the edge; False if its number was received before."""
        notes = self.notes(run.id)
        is_first = notes.receive(request_id, n, run.plan.size.value, at)
        if self.shared and request_id in notes.received:
            notes.untold.append((request_id, n))
            self.changed.set()
        return is_first

    def answer(self, run: Run, answers: list[Answer], at: datetime) -> None:
        """Note answers."""
        notes = self.notes(run.id)
        notes.last_at = at
        news = notes.answer(answers)
        if self.shared:
            notes.untold_answers += news
            self.changed.set()

    def stall(self, run_id: str) -> bool:
        """Let the requests of a run wait from now on; False, and nothing else, if they were made to before."""
        notes = self.notes(run_id)
        if notes.stalled_until is not None:
            return False
        notes.stalled_until = asyncio.get_running_loop().time() + STALL_MS / 1_000
        return True

    async def wait(self, run_id: str) -> None:
        """Return at once, or at the end of the run's stall."""
        until = self.notes(run_id).stalled_until
        if until is not None and (left := until - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(left)

    def miss(self) -> None:
        """Ask the other workers, soon, for all that they have noted."""
        if self.shared:
            self.incomplete = True
            self.changed.set()

    def tell_again(self) -> list[Run]:
        """Queue all notes of runs for the other workers again, and return the runs under way."""
        for notes in self._notes.values():
            notes.untold, notes.untold_answers = list(notes.received.items()), list(notes.answers.values())
        self.changed.set()
        return list(self.runs.values())

    def take_untold(self) -> list[RunNoted]:
        """The notes that are still to be published to the other workers, each once, and no more of them than fit."""
        unpublished = []
        for run_id, notes in self._notes.items():
            if notes.untold or notes.untold_answers:
                received, answers = notes.untold[:_TOLD_AT_ONCE], notes.untold_answers[:_TOLD_AT_ONCE]
                unpublished.append(RunNoted(run_id, self.origin, tuple(received), tuple(answers), notes.span))
                del notes.untold[:_TOLD_AT_ONCE], notes.untold_answers[:_TOLD_AT_ONCE]
                if notes.untold or notes.untold_answers:
                    self.changed.set()
        return unpublished
