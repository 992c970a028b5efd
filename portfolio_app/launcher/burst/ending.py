"""The end of a burst, and its shortfalls."""

from dataclasses import dataclass

from portfolio_app.domain.burst.ledger import Outcome
from portfolio_app.launcher.burst.load import Stop
from portfolio_app.launcher.burst.sender import Sent
from portfolio_app.launcher.burst.site import RecordFields


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a burst: what was sent, and its receipt; without one, `problem` says why."""

    sent: Sent
    receipt: RecordFields | None
    problem: str = ""

    @property
    def shortfalls(self) -> list[str]:
        """The shortfalls that make a script fail; none if the ledgers agree and no request failed.

        Ctrl-C asks for less: a load that it cut short lacks nothing, and what it broke off did not fail.
        Refused requests are an answer of the site to too many.
        """
        found = [] if self.receipt else [f"there is no receipt: {self.problem}"]
        if self.receipt and not self.receipt["balanced"]:
            found.append("the ledgers of this run do not agree")
        if (failed := self.failed) > 0:
            found.append(f"{failed:,} {'request' if failed == 1 else 'requests'} failed")
        if self.sent.stopped not in (None, Stop.CANCELLED):
            found.append(
                f"{self.sent.stopped} after {len(self.sent.answers):,} of {self.sent.plan.size.value:,}"
            )
        return found

    @property
    def failed(self) -> int:
        """Requests that failed by themselves."""
        return sum(answer.outcome is Outcome.FAILED for answer in self.sent.answers)
