"""Records how the tests ended that a claim of the showcase rests on: `pytest -p tests.proof --proof`.

The record is `.build/proof.json`, for the code and the tests as they are; the page /proof reads it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from xdist.workermanage import WorkerController

from portfolio_app.app.ports.proof import Gate, GateOutcome
from portfolio_app.http.showcase.proof import CLAIMS
from portfolio_app.infra.checkout import commit_and_changes
from portfolio_app.infra.proof import ProofFile

_LEFT_OUT = "left_out"
ROOT = Path(__file__).resolve().parent.parent


class Recorder:
    """Listens to one run of the tests at `commit`."""

    def __init__(self, record: ProofFile, commit: str) -> None:
        self._record = record
        self._commit = commit
        self._claimed = {test for claim in CLAIMS for test in claim.tests}
        self._left_out: set[str] = set()
        self._outcomes: dict[str, GateOutcome] = {}

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """A test that some parameter is left out of has not shown what it is there to show."""
        self._left_out |= {_function(item.nodeid) for item in items}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController) -> None:
        """What a stream has left out itself."""
        self._left_out |= set(getattr(node, "workeroutput", {}).get(_LEFT_OUT, ()))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One failed phase of one parameter fails a test."""
        test = _function(report.nodeid)
        if test not in self._claimed:
            return
        if report.outcome == "failed":
            self._outcomes[test] = GateOutcome.FAILED
        elif report.outcome == "skipped":
            self._left_out.add(test)
        elif report.outcome == "passed" and report.when == "call":
            self._outcomes.setdefault(test, GateOutcome.PASSED)

    def pytest_sessionfinish(self) -> None:
        found = {
            test: outcome
            for test, outcome in self._outcomes.items()
            if outcome is GateOutcome.FAILED or test not in self._left_out
        }
        if found:
            self._record.add(Gate(found, datetime.now(UTC), self._commit))


class ProofStream:
    """One of several processes that run the tests: tells the one that records what never came to run."""

    def __init__(self, sent: dict[str, list[str]]) -> None:
        self._left_out = sent.setdefault(_LEFT_OUT, [])

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self._left_out += {_function(item.nodeid) for item in items}


def _function(node_id: str) -> str:
    return node_id.split("[", maxsplit=1)[0]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proof", action="store_true", help="record the outcomes that claims rest on")


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--proof"):
        return
    sent = getattr(config, "workeroutput", None)
    if sent is not None:
        config.pluginmanager.register(ProofStream(sent), "proof-stream")
        return
    # Taken now: what is edited while the tests run was not tested.
    recorder = Recorder(ProofFile(ROOT), commit_and_changes(ROOT))
    config.pluginmanager.register(recorder, "proof-recorder")
