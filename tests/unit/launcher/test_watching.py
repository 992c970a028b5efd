"""`make dev` follows the content: a change reaches the framework as a changed Python file, a mistake the terminal."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portfolio_app.http.content.errors import ContentError
from portfolio_app.launcher import watching
from portfolio_app.launcher.watching import following

SOON_S = 60


class Reader:
    """Stands for reading the content; `wrong` makes it refuse."""

    def __init__(self) -> None:
        self.wrong = False
        self._asked = threading.Semaphore(0)

    def __call__(self) -> None:
        self._asked.release()
        if self.wrong:
            raise ContentError(Path("profile.toml"), 3, "is wrong")

    def expect(self) -> None:
        assert self._asked.acquire(timeout=SOON_S)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "content" / "work").mkdir(parents=True)
    (tmp_path / "content" / "profile.toml").write_text("a")
    return tmp_path / "content"


@pytest.fixture
def stamp(folder: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(watching, "EVERY_S", 0.01)
    path = folder.parent / "content.py"
    with following((folder, folder.parent / "latest.json"), reader, path):
        yield path


def expect_rewritten(stamp: Path, before: str = "") -> str:
    for _ in range(int(SOON_S / 0.01)):
        if stamp.exists() and (text := stamp.read_text()) not in ("", before):
            return text
        threading.Event().wait(0.01)
    raise AssertionError("the stamp was not rewritten")


@pytest.mark.parametrize("name", ["content/profile.toml", "content/work/new.md", "latest.json"])
def test_a_changed_or_new_file_is_passed_on(folder: Path, stamp: Path, reader: Reader, name: str) -> None:
    (folder.parent / name).write_text("something longer")
    first = expect_rewritten(stamp)
    (folder.parent / name).unlink()
    expect_rewritten(stamp, first)


def test_a_mistake_is_told_and_changes_nothing_until_it_is_mended(
    folder: Path, stamp: Path, reader: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.wrong = True
    (folder / "profile.toml").write_text("wrong")
    reader.expect()
    reader.wrong = False
    assert not stamp.exists()
    (folder / "profile.toml").write_text("mended")
    reader.expect()
    expect_rewritten(stamp)
    assert capsys.readouterr().err == "error: profile.toml:3: is wrong\n"
