"""The use cases of bursts, as one object for the outer layer."""

from dataclasses import dataclass

from portfolio_app.app.burst.finish import FinishRun, TakeAnswers
from portfolio_app.app.burst.give_up import GiveUpRun
from portfolio_app.app.burst.purge import PurgeRuns
from portfolio_app.app.burst.read import ReadRun, RecentRuns
from portfolio_app.app.burst.send import ReadRow, RecordRequest, StallRun, WriteRow
from portfolio_app.app.burst.start import StartRun


@dataclass(frozen=True, slots=True)
class Burst:
    """The use cases, wired by `bootstrap`; their classes say what they raise."""

    start: StartRun
    record: RecordRequest
    read: ReadRow
    write: WriteRow
    stall: StallRun
    take_answers: TakeAnswers
    finish: FinishRun
    give_up: GiveUpRun
    read_run: ReadRun
    recent_runs: RecentRuns
    purge: PurgeRuns
