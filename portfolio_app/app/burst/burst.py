"""Everything the outer layer can ask of bursts."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from portfolio_app.app.burst.finish import FinishCommand
from portfolio_app.app.burst.purge import Purged
from portfolio_app.app.burst.record import DrawTrace
from portfolio_app.app.burst.start import StartCommand, Started
from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.runs import Record, Run
from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.burst.plan import Mode

Ticket = str | None


@dataclass(frozen=True, slots=True)
class Burst:
    """The use cases, wired by `bootstrap`; their classes say what they raise."""

    start: Callable[[Caller, StartCommand], Awaitable[Started]]
    record: Callable[[Caller, Ticket, Mode, int], Awaitable[Run]]
    read: Callable[[Caller, Ticket, int], Awaitable[None]]
    write: Callable[[Caller, Ticket, int], Awaitable[None]]
    take_answers: Callable[[Caller, str, Ticket, Sequence[Answer]], Awaitable[None]]
    finish: Callable[[Caller, str, Ticket, FinishCommand, DrawTrace], Awaitable[Record]]
    give_up: Callable[[Caller, str, Ticket], Awaitable[None]]
    read_run: Callable[[str], Awaitable[Record]]
    recent_runs: Callable[[], Awaitable[list[Record]]]
    purge: Callable[[], Awaitable[Purged]]
