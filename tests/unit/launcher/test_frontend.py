"""A build happens once per state of the sources, and a failed one breaks nothing."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from portfolio_app.launcher import frontend
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.frontend import COMPILED, KEPT_BUILDS, Frontend, alone_in_web


@dataclass
class Compiler:
    """Writes what Reflex would; `before` may fail or change the checkout."""

    root: Path
    before: Callable[[], None] = lambda: None
    logs: list[Path] = field(default_factory=list)

    def __call__(self, log: Path) -> None:
        self.logs.append(log)
        page = self.root / ".web/build/client/index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text((self.root / "rxconfig.py").read_text())
        (self.root / ".web/backend").mkdir(exist_ok=True)
        self.before()


@pytest.fixture
def compiler(tmp_path: Path) -> Compiler:
    (tmp_path / "rxconfig.py").write_text("first")
    return Compiler(tmp_path)


def build(compiler: Compiler) -> Path:
    return Frontend(compiler.root, compiler).ensure_built(compiler.root / "logs")


def page(built: Path) -> str:
    return (built / "build/client/index.html").read_text()


def test_unchanged_sources_are_compiled_once(compiler: Compiler) -> None:
    first, second = build(compiler), build(compiler)

    assert first == second
    assert page(first) == "first"
    assert len(compiler.logs) == 1


def test_changed_sources_are_compiled_beside_the_build_in_use(compiler: Compiler) -> None:
    first = build(compiler)
    (compiler.root / "rxconfig.py").write_text("second")
    second = build(compiler)

    assert (page(first), page(second)) == ("first", "second")


def test_a_failed_compile_leaves_the_last_build_and_is_tried_again(compiler: Compiler) -> None:
    first = build(compiler)
    (compiler.root / "rxconfig.py").write_text("second")

    def fail() -> None:
        raise LaunchError("no")

    compiler.before = fail
    for _ in range(2):
        with pytest.raises(LaunchError):
            build(compiler)

    assert page(first) == "first"
    assert len(compiler.logs) == 3


def test_a_compile_that_adds_to_the_package_lock_is_not_repeated(compiler: Compiler) -> None:
    def add() -> None:
        (compiler.root / "reflex.lock").mkdir(exist_ok=True)
        (compiler.root / "reflex.lock/package.json").write_text("{}")

    compiler.before = add
    build(compiler)
    build(compiler)

    assert len(compiler.logs) == 1


def test_of_two_starters_one_compiles(compiler: Compiler) -> None:
    with ThreadPoolExecutor(2) as pool:
        built = set(pool.map(build, [compiler, compiler]))

    assert len(built) == 1
    assert len(compiler.logs) == 1


def test_no_build_is_made_in_the_folder_that_another_compiles_into(compiler: Compiler) -> None:
    with (
        alone_in_web(compiler.root),
        pytest.raises(LaunchError, match="another make dev, or a build, runs in"),
    ):
        build(compiler)
    assert compiler.logs == []

    def a_development_server_starts() -> None:
        with pytest.raises(LaunchError, match=r"would compile into its \.web"), alone_in_web(compiler.root):
            pass

    compiler.before = a_development_server_starts
    built = build(compiler)
    with alone_in_web(compiler.root):
        assert build(compiler) == built


def test_only_the_newest_builds_are_kept(compiler: Compiler) -> None:
    builds = []
    for number in range(KEPT_BUILDS + 2):
        (compiler.root / "rxconfig.py").write_text(str(number))
        builds.append(build(compiler))
        os.utime(builds[-1], (number, number))

    assert [path.exists() for path in builds] == [False] * 2 + [True] * KEPT_BUILDS


def test_a_log_directory_that_cannot_be_made_is_one_line(compiler: Compiler) -> None:
    (compiler.root / "logs").touch()

    with pytest.raises(LaunchError, match="DATA_DIR"):
        build(compiler)


def test_a_checkout_that_cannot_be_written_is_one_line(compiler: Compiler) -> None:
    (compiler.root / ".build").touch()

    with pytest.raises(LaunchError, match=r"has to be built, and .* can't be written: "):
        build(compiler)


def test_a_build_is_no_compile_for_development(compiler: Compiler) -> None:
    (compiler.root / ".web").mkdir()
    (compiler.root / COMPILED).write_text("digest")
    build(compiler)

    assert not (compiler.root / COMPILED).exists()


def test_the_compiler_knows_where_the_words_are_and_nothing_else_of_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, str] = {}

    def note(_arguments: list[str], environment: dict[str, str], _output: int) -> int:
        given.update(environment)
        return 0

    monkeypatch.setattr(frontend, "run_reflex", note)
    for variable in ("CONTENT_DIR", "DEMOS_DIR", "PUBLIC_URL", "SESSION_SECRET"):
        monkeypatch.setenv(variable, str(tmp_path))
    frontend.export_with_reflex(tmp_path / "log")
    assert {"CONTENT_DIR", "DEMOS_DIR"} <= given.keys()
    assert not {"PUBLIC_URL", "SESSION_SECRET"} & given.keys()
