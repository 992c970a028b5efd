"""The gate looks at what it says it looks at."""

import ast
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
WAITS = {"sleep", "wait_for_timeout"}


def _would_run(target: str) -> str:
    return subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_the_contract_of_rooms_is_asked_of_the_fake_sqlite_and_postgresql() -> None:
    contract = "tests/contract/test_rooms.py"
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", contract]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    asked = defaultdict(set)
    for line in (line for line in listed.stdout.splitlines() if "::" in line):
        test, _, adapter = line.strip("]").partition("[")
        asked[test].add(adapter)
    written = (ROOT / contract).read_text().count("\nasync def test_")
    assert list(asked.values()) == [{"fake", "sqlite", "postgres"}] * written


def test_no_import_runs_against_the_arrows_between_the_layers() -> None:
    # In a process of its own: the linter switches off loggers that other tests listen to.
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    linted = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert linted.returncode == 0, linted.stdout


def test_the_static_part_of_the_gate_checks_format_lint_types_and_layers() -> None:
    commands = _would_run("check")
    tools = ("ruff format --check", "ruff check", "bin/mypy", "bin/lint-imports")
    assert [tool for tool in tools if tool not in commands] == []


def test_ci_runs_the_same_gate_as_people_do() -> None:
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == "exec make test"
    commands = _would_run("test")
    assert "bin/mypy" in commands
    assert "-m pytest" in commands


def test_every_folder_with_tests_is_one_that_the_gate_collects() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    written = {
        f"tests/{file.relative_to(ROOT / 'tests').parts[0]}" for file in (ROOT / "tests").rglob("test_*.py")
    }
    assert written == set(options["testpaths"])


def test_no_test_waits_for_a_time_but_for_what_must_become_so() -> None:
    """A pause is the interval of a loop that asks, lets others have their turn, or says what it stands for."""
    fixed = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for call in _fixed_waits(path.read_text())
    ]
    assert fixed == []


def _fixed_waits(source: str) -> list[ast.Call]:
    tree, lines = ast.parse(source), source.splitlines()
    asking = {id(call) for loop in ast.walk(tree) if isinstance(loop, ast.While) for call in ast.walk(loop)}
    waits = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and _named(call.func) in WAITS]
    return [
        call
        for call in waits
        if id(call) not in asking and ast.unparse(call.args[0]) != "0" and " # " not in lines[call.lineno - 1]
    ]


def _named(called: ast.expr) -> str:
    return getattr(called, "attr", getattr(called, "id", ""))


def test_no_test_is_run_again_after_it_has_failed() -> None:
    assert "rerun" not in "".join(
        path.read_text() for path in (*ROOT.glob("requirements*"), ROOT / "pyproject.toml")
    )


def test_clean_leaves_nothing_that_was_made(tmp_path: Path) -> None:
    made = [
        ".venv/x",
        ".web/x",
        ".build/x",
        ".npm/x",
        "portfolio_app/http/__pycache__/x.pyc",
        "__pycache__/x.pyc",
    ]
    for name in (*made, "data/portfolio.db", "portfolio_app/x.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    subprocess.run(
        ["make", "--file", ROOT / "Makefile", "clean"], cwd=tmp_path, check=True, capture_output=True
    )

    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["data/portfolio.db", "portfolio_app/x.py"]
