"""Records how the tests ended that a claim of the showcase rests on: `pytest -p tests.proof --proof`.

The record is `.build/proof.json`, for the code and the tests as they are; the page /proof reads it.
"""

from pathlib import Path

import pytest

from portfolio_app.app.ports.proof import Outcome
from portfolio_app.http.showcase.register import CLAIMS
from portfolio_app.infra.proof import ProofFile

ROOT = Path(__file__).resolve().parent.parent


class Recorder:
    """Listens to one run."""

    def __init__(self, record: ProofFile) -> None:
        self._record = record
        self._claimed = {test for claim in CLAIMS for test in claim.tests}
        self.outcomes: dict[str, Outcome] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One failed phase of one parameter fails a test; a second try that passes leaves no trace."""
        test = report.nodeid.split("[")[0]
        if test not in self._claimed:
            return
        if report.outcome == "failed":
            self.outcomes[test] = Outcome.FAILED
        elif report.outcome == "passed" and report.when == "call":
            self.outcomes.setdefault(test, Outcome.PASSED)

    def pytest_sessionfinish(self) -> None:
        self._record.add(self.outcomes)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proof", action="store_true", help="record the outcomes that claims rest on")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--proof"):
        # Taken now: what is edited while the tests run was not tested.
        config.pluginmanager.register(Recorder(ProofFile(ROOT)), "proof-recorder")
