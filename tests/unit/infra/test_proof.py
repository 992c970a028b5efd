"""The record of the gate counts for the code and the tests it was written for, and for no others."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from portfolio_app.app.ports.proof import Gate, GateOutcome
from portfolio_app.infra.proof import RECORD, ProofFile

FOUND = Gate({"tests/test_a.py::test_a": GateOutcome.PASSED}, datetime(2026, 1, 1, 12, tzinfo=UTC), "abc1234")
RULES = ("pyproject.toml", "Makefile", ".ci/run", "requirements-dev.txt")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("portfolio_app/page.py", "assets/site.css", "tests/test_a.py", "README.md", *RULES):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    ProofFile(tmp_path).add(FOUND)
    return tmp_path


async def test_what_was_recorded_is_found_again(checkout: Path) -> None:
    assert await ProofFile(checkout).last_gate() == FOUND


@pytest.mark.parametrize("name", ["portfolio_app/page.py", "assets/site.css", "tests/test_a.py", *RULES])
async def test_other_code_other_tests_and_another_gate_have_no_record(checkout: Path, name: str) -> None:
    (checkout / name).write_text("changed")

    assert await ProofFile(checkout).last_gate() is None


async def test_it_is_about_the_code_as_it_was_when_the_process_began_or_else_at_the_first_question(
    checkout: Path,
) -> None:
    running, replaced = ProofFile(checkout), ProofFile(checkout, late=True)
    (checkout / "portfolio_app/page.py").write_text("changed")
    assert await running.last_gate() == FOUND
    assert await replaced.last_gate() is None
    (checkout / "portfolio_app/page.py").write_text("portfolio_app/page.py")
    assert await replaced.last_gate() is None


@pytest.mark.parametrize("name", ["README.md", "portfolio_app/__pycache__/page.pyc"])
async def test_what_does_not_run_does_not_count(checkout: Path, name: str) -> None:
    (checkout / name).parent.mkdir(exist_ok=True)
    (checkout / name).write_text("changed")

    assert await ProofFile(checkout).last_gate() == FOUND


async def test_where_no_tests_are_installed_the_code_decides(checkout: Path) -> None:
    for name in ("tests/test_a.py", *RULES):
        (checkout / name).unlink()

    assert await ProofFile(checkout).last_gate() == FOUND


async def test_a_second_run_on_the_same_code_adds_to_the_first(checkout: Path) -> None:
    failed = Gate(
        {"tests/test_b.py::test_b": GateOutcome.FAILED}, datetime(2026, 1, 2, tzinfo=UTC), "abc1234-dirty"
    )
    ProofFile(checkout).add(failed)

    assert await ProofFile(checkout).last_gate() == Gate(
        {**FOUND.outcomes, **failed.outcomes}, failed.ended_at, failed.commit
    )


async def test_a_damaged_time_is_no_record(checkout: Path) -> None:
    record = checkout / RECORD
    record.write_text(record.read_text().replace("2026-01-01T12", "noon"))
    assert await ProofFile(checkout).last_gate() is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"code": 1', '{"outcomes": {"a": "perhaps"}}'])
async def test_a_missing_or_damaged_record_is_no_record(checkout: Path, text: str) -> None:
    (checkout / RECORD).write_text(text)
    assert await ProofFile(checkout).last_gate() is None
    (checkout / RECORD).unlink()
    assert await ProofFile(checkout).last_gate() is None
