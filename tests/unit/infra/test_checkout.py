"""Which commit runs: git's word, or that of the build of an image."""

import os
import subprocess
from pathlib import Path

import pytest

from portfolio_app.infra.checkout import STAMP, commit, commit_and_changes


def _git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture(autouse=True)
def _of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git forget the repository in whose hook the tests may run, and the process what it knew."""
    commit.cache_clear()
    for name in tuple(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "page.py").write_text("pass\n")
    _git(tmp_path, "init", "--initial-branch=main")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "--message=first")
    return tmp_path


@pytest.fixture
def image(tmp_path: Path) -> Path:
    (tmp_path / STAMP.parent).mkdir()
    (tmp_path / STAMP).write_text("abc1234\n")
    return tmp_path


def test_a_checkout_knows_its_commit(repository: Path) -> None:
    found = commit(repository)
    assert found is not None
    assert 7 <= len(found) <= 40
    assert commit_and_changes(repository) == found


def test_changes_that_are_not_committed_are_told(repository: Path) -> None:
    (repository / "page.py").write_text("changed\n")
    assert commit_and_changes(repository) == f"{commit(repository)}-dirty"


def test_an_image_has_the_commit_that_it_was_built_from(image: Path) -> None:
    assert commit(image) == "abc1234"
    assert commit_and_changes(image) == ""


def test_the_word_of_a_repository_counts_more(image: Path) -> None:
    _git(image, "init", "--initial-branch=main")
    _git(image, "commit", "--allow-empty", "--message=first")
    assert commit(image) != "abc1234"


@pytest.mark.parametrize("stamp", ["", "\n", "\u00e9"])
def test_a_build_that_was_not_told_its_commit_knows_none(image: Path, stamp: str) -> None:
    (image / STAMP).write_text(stamp)
    assert commit(image) is None
    commit.cache_clear()
    (image / STAMP).unlink()
    assert commit(image) is None
