"""`python -m portfolio_app new`, in a copy of the checkout: what it writes is whole."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import copy_sources
from tests.site import OWN, ROOT, UNSET

BIN = Path(sys.executable).parent
EACH = """
import json, sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from portfolio_app.launcher.commands import main

answers = []
for arguments in json.loads(sys.argv[1]):
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = main(["new", *arguments])
    answers.append((code, out.getvalue(), err.getvalue()))
print(json.dumps(answers))
"""
MIGRATE_AND_CHECK = """
import sys
from alembic.config import main as alembic
from portfolio_app.launcher.commands import main

if main(["migrate"]):
    sys.exit("the database was not migrated")
alembic(["check"])
"""
"""`python -m portfolio_app migrate && alembic check` in one Python, which imports the site once."""


class Checkout:
    """A copy that may be changed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *command: str | Path, **own: str) -> subprocess.CompletedProcess[str]:
        """Run a command in it, with these variables."""
        fixed = {"DATA_DIR": str(self.root / "data"), "PYTHONPATH": str(self.root)}
        environment = os.environ | UNSET | OWN | fixed | own
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=170, check=False
        )

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a line of a manual in it; its own .env counts."""
        kept = {name: value for name, value in os.environ.items() if name not in UNSET | OWN}
        fixed = {"DATA_DIR": str(self.root / "data"), "PYTHONPATH": str(self.root)}
        line = ("bash", "-c", command)
        return subprocess.run(
            line, cwd=self.root, env=kept | fixed, capture_output=True, text=True, timeout=170, check=False
        )

    def new(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`python -m portfolio_app new …`."""
        return self.run(sys.executable, "-m", "portfolio_app", "new", *arguments)

    def new_ones(self, *given: tuple[str, ...]) -> list[subprocess.CompletedProcess[str]]:
        """The same command once with each of the arguments, one after the other in one Python."""
        done = self.run(sys.executable, "-c", EACH, json.dumps(given))
        assert done.returncode == 0, done.stderr
        return [
            subprocess.CompletedProcess(arguments, *answer)
            for arguments, answer in zip(given, json.loads(done.stdout), strict=True)
        ]

    def files(self) -> set[Path]:
        """Everything that is in it, but caches."""
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {path for path in found if "__pycache__" not in path.parts and "data" not in path.parts}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """One copy for all tests of this file."""
    root = tmp_path_factory.mktemp("copy") / "site"
    copy_sources(root, pictures=False, caches=True)
    return Checkout(root)


@pytest.mark.timeout(400)
def test_new_demos_and_those_of_the_manual_under_other_names_pass_the_static_gate_and_their_own_tests(
    checkout: Checkout,
) -> None:
    """A copy has the manual's demos already; everything else is as docs/adopt.md says."""
    written: list[list[str]] = []
    for name, options in (("weather", ()), ("guest_book", ("--table",))):
        done = checkout.new("demo", name, *options)
        assert done.returncode == 0, done.stderr
        files = [line.removeprefix("wrote ") for line in done.stdout.splitlines()]
        assert files[:2] == [f"portfolio_app/demos/{name}.py", f"tests/unit/demos/test_{name}.py"]
        assert len(files) == (3 if options else 2)
        written.append(files)
    (revision,) = checkout.root.glob("alembic/versions/*_guest_book.py")
    assert "create_table" in revision.read_text()
    checked = checkout.run(sys.executable, "-c", MIGRATE_AND_CHECK)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    quoted = re.findall(r"```python (\S+)\n(.*?)```", (ROOT / "docs/adopt.md").read_text(), re.DOTALL)
    over_the_wire = ROOT / "tests/socket/test_demos.py"
    for path, text in [*quoted, ("tests/socket/test_pasted.py", over_the_wire.read_text())]:
        (checkout.root / renamed(path)).write_text(renamed(text))
    pasted = [renamed(path) for path, _ in quoted]
    demos, tests = ([files[position] for files in written] for position in (0, 1))
    sources = [*(name for files in written for name in files), *pasted]
    following = f"{int(revision.name[:4]) + 1:04}"
    for command in (
        [BIN / "alembic", "revision", "--autogenerate", "--rev-id", following, "-m", "cheers"],
        [BIN / "ruff", "format", "--check", *sources],
        [BIN / "ruff", "check", *sources],
        [BIN / "mypy", *demos, *pasted],
        [BIN / "lint-imports"],
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n0",
            "-p",
            "no:cacheprovider",
            *tests,
            "tests/socket/test_pasted.py",
        ],
    ):
        checked = checkout.run(*command)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_cannot_be_written_is_one_line_and_leaves_nothing(checkout: Checkout) -> None:
    wrong = {
        ("demo", "dice"): "portfolio_app/demos/dice.py is there already; nothing was written",
        ("demo", "Wetter"): "a demo's name is a word of a-z, 0-9 and single underscores",
        ("demo", "../../etc"): "a demo's name is a word of a-z, 0-9 and single underscores",
        ("demo", "class"): "'class' is a name that Python keeps for itself: give the demo another one",
        ("demo", "sqlite_x", "--table"): "'sqlite_x' is a name that SQLite keeps for its own tables",
        ("demo", "w" * 25): "a demo's name is a word of a-z, 0-9 and single underscores",
        ("article", "!?"): "a title has letters or digits",
        ("article", "README"): "readme.md is no text of a site: give it another title",
        ("article", "x\x1b[31m" + "y" * 200): "that title can't be used",
        ("demo", "metrics"): "portfolio_app/demos/metrics.py:15: the site itself answers at /metrics",
        ("demo", "chat"): "portfolio_app/demos/chat.py:15: another page is at /chat already",
    }
    before = checkout.files()
    for (arguments, said), done in zip(wrong.items(), checkout.new_ones(*wrong), strict=True):
        assert (done.returncode, done.stdout) == (1, ""), arguments
        assert done.stderr.startswith(f"error: {said}")
        assert done.stderr.count("\n") == 1
    assert checkout.files() == before


def test_a_demo_with_a_table_is_written_behind_migrations_that_can_be_applied(checkout: Checkout) -> None:
    own = checkout.root / "alembic/versions/own.py"
    named = "revision = 'a1b2c3'\ndown_revision = '0021'\ndef upgrade(): {}\ndef downgrade(): pass\n"
    try:
        before = checkout.files() | {own}
        for wrong in ("1 / 0", "unclosed("):
            own.write_text(named.format(wrong))
            done = checkout.new("demo", "shelf", "--table")
            assert done.returncode == 1
            assert done.stderr.startswith(
                "error: the migrations that are there can't be brought to their newest:"
            )
            assert done.stderr.count("\n") == 1
            assert checkout.files() == before
    finally:
        own.unlink(missing_ok=True)


def test_a_new_article_is_a_draft_that_the_site_reads(checkout: Checkout) -> None:
    title = 'Ünïcoße & "quotes": 5 lessons'
    kinds = {"article": "writing", "case-study": "work"}
    answers = iter(checkout.new_ones(*((kind, title) for kind in kinds for _ in range(2))))
    for folder in kinds.values():
        path = f"portfolio_app/content/{folder}/unicosse-quotes-5-lessons.md"
        done, again = next(answers), next(answers)
        assert (done.returncode, done.stdout) == (0, f"wrote {path}\n"), done.stderr
        assert "draft = true" in (checkout.root / path).read_text()
        refused = f"error: {path} is there already; nothing was written\n"
        assert (again.returncode, again.stderr) == (1, refused)


def test_from_a_clone_to_a_site_it_takes_ten_commands_and_six_files(checkout: Checkout) -> None:
    """As docs/adopt.md has them. Installing, compiling and serving are held by the tests of these commands."""
    manual = (ROOT / "docs/adopt.md").read_text()
    commands, edited = _block(manual, "sh"), _block(manual, "text")
    assert (len(commands), len(edited)) == (10, 6)
    targets = re.findall(r"^(\w+): .*\n\t@(?:exec )?(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    known = {f"make {name}": recipe for name, recipe in targets}
    first, *_, last = (at for at, command in enumerate(commands) if command == "make upgrade")
    said: dict[int, str] = {}
    for at, command in enumerate(commands):
        shell = known.get(command, command)
        if at in (0, 1, first) or re.search(r"serve|dev$|resume-pdf|ruff", shell):
            continue
        shell = re.sub(r"\$\(BIN\)/python|\.venv/bin/python", sys.executable, shell)
        done = checkout.shell(shell)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        said[at] = done.stdout
        if "new site" in command:
            _edit(mine := checkout.root.parent / "my-site", edited)
    own = dict(line.split("=", 1) for line in (checkout.root / ".env").read_text().splitlines())
    (checkout.root / ".env").unlink()
    assert own == {"CONTENT_DIR": f"{mine}/content", "DEMOS_DIR": f"{mine}/demos"}
    assert "1 case study and 1 article fit" in said[last]
    assert "2 passed" in said[max(said)]
    formatted = checkout.run(BIN / "ruff", "format", "--check", mine)
    assert formatted.returncode == 0, formatted.stdout


def _block(manual: str, language: str) -> list[str]:
    """The lines of the first block of a language."""
    return re.search(rf"```{language}\n(.*?)```", manual, re.DOTALL)[1].splitlines()


def _edit(mine: Path, edited: list[str]) -> None:
    """Everything a stranger changes: words of theirs in each of the files, and nothing else is left to change."""
    written = {str(path.relative_to(mine)) for path in mine.rglob("*") if path.is_file()}
    assert written - {"README.md", "tests/conftest.py"} == set(edited)
    for name in edited:
        text = (mine / name).read_text()
        for old, new in (
            ("Your Name", "Ada Stranger"),
            ("A first", "Ada's first"),
            ("Ask for three", "Ask thrice"),
        ):
            text = text.replace(old, new)
        (mine / name).write_text(text)


def renamed(text: str) -> str:
    """Coins for dice, cheers for kudos."""
    for old, new in (("dice", "coins"), ("Dice", "Coins"), ("kudos", "cheers"), ("Kudos", "Cheers")):
        text = text.replace(old, new)
    return text
