"""What the recorder of the gate makes of pytest's reports."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from portfolio_app.app.ports.proof import Gate, GateOutcome
from portfolio_app.http.showcase.proof import CLAIMS
from tests.proof import Recorder

pytestmark = pytest.mark.sections("stats")
CLAIMED = CLAIMS[0].tests[0] if CLAIMS else ""


class _Record:
    def __init__(self) -> None:
        self.added: list[Gate] = []

    def add(self, gate: Gate) -> None:
        self.added.append(gate)


def _recorded(*reports: tuple[str, str, str], left_out: str = "") -> Mapping[str, GateOutcome]:
    recorder = Recorder(cast("Any", record := _Record()), "abc1234")
    recorder.pytest_deselected([cast("pytest.Item", SimpleNamespace(nodeid=left_out))])
    for test, when, outcome in reports:
        recorder.pytest_runtest_logreport(
            cast("pytest.TestReport", SimpleNamespace(nodeid=test, when=when, outcome=outcome))
        )
    recorder.pytest_sessionfinish()
    assert [gate.commit for gate in record.added] in ([], ["abc1234"])
    return record.added[0].outcomes if record.added else {}


def test_a_test_passes_when_all_of_its_parameters_do() -> None:
    first, second = f"{CLAIMED}[a]", f"{CLAIMED}[b]"
    assert _recorded((first, "call", "passed"), (second, "call", "passed")) == {CLAIMED: GateOutcome.PASSED}
    assert _recorded((first, "call", "failed"), (second, "call", "passed")) == {CLAIMED: GateOutcome.FAILED}
    assert _recorded((first, "call", "passed"), (second, "setup", "failed")) == {CLAIMED: GateOutcome.FAILED}


def test_a_test_that_was_skipped_or_never_called_has_no_outcome() -> None:
    assert _recorded((CLAIMED, "setup", "passed"), (CLAIMED, "setup", "skipped")) == {}


def test_a_test_that_was_skipped_with_one_parameter_has_no_outcome_unless_it_failed() -> None:
    first, second = f"{CLAIMED}[a]", f"{CLAIMED}[b]"
    for skipped in ("setup", "call"):
        assert _recorded((first, "call", "passed"), (second, skipped, "skipped")) == {}
        assert _recorded((second, skipped, "skipped"), (first, "call", "passed")) == {}
    failed = _recorded((first, "call", "failed"), (second, "setup", "skipped"))
    assert failed == {CLAIMED: GateOutcome.FAILED}


def test_a_test_that_was_run_without_one_parameter_has_no_outcome() -> None:
    assert _recorded((f"{CLAIMED}[a]", "call", "passed"), left_out=f"{CLAIMED}[b]") == {}


def test_one_failed_parameter_fails_a_test_that_passed_before() -> None:
    ran = (CLAIMED, "call", "passed"), (f"{CLAIMED}[a]", "call", "failed")
    assert _recorded(ran[0]) == {CLAIMED: GateOutcome.PASSED}
    assert _recorded(*ran) == {CLAIMED: GateOutcome.FAILED}


def test_what_no_claim_rests_on_is_not_recorded() -> None:
    assert _recorded(("tests/test_other.py::test_other", "call", "passed")) == {}
