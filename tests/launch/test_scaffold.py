"""`python -m portfolio_app new`, in a copy of the checkout: what it writes is whole."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site import OWN, ROOT, UNSET

LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    ".web",
    ".build",
    "data",
    "__pycache__",
    ".pytest_cache",
    ".ruff_cache",
    "screenshots",
    "node_modules",
    ".states",
)
BIN = Path(sys.executable).parent


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

    def files(self) -> set[Path]:
        """Everything that is in it, but caches."""
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {path for path in found if "__pycache__" not in path.parts and "data" not in path.parts}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """One copy for all tests of this file."""
    root = tmp_path_factory.mktemp("copy") / "site"
    shutil.copytree(ROOT, root, ignore=LEFT_OUT)
    return Checkout(root)


def test_new_demos_pass_the_static_gate_and_their_own_tests(checkout: Checkout) -> None:
    written: list[list[str]] = []
    for name, options in (("weather", ()), ("guest_book", ("--table",))):
        done = checkout.new("demo", name, *options)
        assert done.returncode == 0, done.stderr
        files = [line.removeprefix("wrote ") for line in done.stdout.splitlines()]
        assert files[:2] == [f"portfolio_app/demos/{name}.py", f"tests/unit/demos/test_{name}.py"]
        assert len(files) == (3 if options else 2)
        written.append(files)
    demos, tests = ([files[position] for files in written] for position in (0, 1))
    sources = [name for files in written for name in files]
    for command in (
        [BIN / "ruff", "format", "--check", *sources],
        [BIN / "ruff", "check", *sources],
        [BIN / "mypy", *demos],
        [BIN / "lint-imports"],
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *tests],
    ):
        checked = checkout.run(*command)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_migration_of_a_new_table_is_the_next_one_and_alembic_finds_no_more_to_do(
    checkout: Checkout,
) -> None:
    done = checkout.new("demo", "tally", "--table")
    assert done.returncode == 0, done.stderr
    (revision,) = checkout.root.glob("alembic/versions/*_tally.py")
    assert "create_table" in revision.read_text()
    assert checkout.run(BIN / "alembic", "upgrade", "head").returncode == 0
    checked = checkout.run(BIN / "alembic", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("demo", "dice"), "portfolio_app/demos/dice.py is there already; nothing was written"),
        (("demo", "chat"), "portfolio_app/demos/chat.py:1: another page is at /chat already"),
        (("demo", "Wetter"), "a demo's name is a word of a-z, 0-9 and single underscores"),
        (("demo", "../../etc"), "a demo's name is a word of a-z, 0-9 and single underscores"),
        (("demo", "class"), "a demo's name is a word of a-z, 0-9 and single underscores"),
        (("demo", "w" * 25), "a demo's name is a word of a-z, 0-9 and single underscores"),
        (("article", "!?"), "a title has letters or digits"),
        (("article", "x\x1b[31m" + "y" * 200), "that title can't be used"),
    ],
    ids=["there", "taken", "case", "path", "keyword", "long", "no address", "no title"],
)
def test_what_cannot_be_written_is_one_line_and_leaves_nothing(
    checkout: Checkout, arguments: tuple[str, ...], said: str
) -> None:
    before = checkout.files()
    done = checkout.new(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {said}")
    assert done.stderr.count("\n") == 1
    assert checkout.files() == before


@pytest.mark.parametrize(("kind", "folder"), [("article", "writing"), ("case-study", "work")])
def test_a_new_article_is_a_draft_that_the_site_reads(checkout: Checkout, kind: str, folder: str) -> None:
    title = 'Ünïcode & "quotes": 5 lessons'
    done = checkout.new(kind, title)
    path = f"portfolio_app/content/{folder}/unicode-quotes-5-lessons.md"
    assert (done.returncode, done.stdout) == (0, f"wrote {path}\n"), done.stderr
    assert "draft = true" in (checkout.root / path).read_text()
    again = checkout.new(kind, title)
    assert (again.returncode, again.stderr) == (1, f"error: {path} is there already; nothing was written\n")


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
    assert "1 case studies and 1 articles fit" in said[last]
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


def test_the_demos_of_the_manual_pasted_under_other_names_work_as_they_stand(checkout: Checkout) -> None:
    """A copy has the originals already; everything else is as docs/adopt.md says."""
    quoted = re.findall(r"```python (\S+)\n(.*?)```", (ROOT / "docs/adopt.md").read_text(), re.DOTALL)
    tests = ROOT / "tests/socket/test_demos.py"
    for path, text in [*quoted, ("tests/socket/test_pasted.py", tests.read_text())]:
        (checkout.root / renamed(path)).write_text(renamed(text))
    files = [renamed(path) for path, _ in quoted]
    last = max(path.name[:4] for path in checkout.root.glob("alembic/versions/0*.py"))
    for command in (
        [sys.executable, "-m", "portfolio_app", "migrate"],
        [BIN / "alembic", "revision", "--autogenerate", "--rev-id", f"{int(last) + 1:04}", "-m", "cheers"],
        [BIN / "ruff", "format", "--check", *files],
        [BIN / "ruff", "check", *files],
        [BIN / "mypy", *files],
        [BIN / "lint-imports"],
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n0",
            "-p",
            "no:cacheprovider",
            "tests/socket/test_pasted.py",
        ],
    ):
        done = checkout.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr


def renamed(text: str) -> str:
    """Coins for dice, cheers for kudos."""
    for old, new in (("dice", "coins"), ("Dice", "Coins"), ("kudos", "cheers"), ("Kudos", "Cheers")):
        text = text.replace(old, new)
    return text
