"""What `new` writes outside the checkout; tests/launch/test_scaffold.py has the commands themselves."""

from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

from portfolio_app.http.content.loader import read
from portfolio_app.launcher.commands import main
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.scaffold import new_article, new_demo, new_site


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new site, which the settings name."""
    folder = tmp_path / "mine"
    new_site(folder)
    monkeypatch.setenv("CONTENT_DIR", str(folder / "content"))
    monkeypatch.setenv("DEMOS_DIR", str(folder / "demos"))
    return folder


def test_a_new_site_has_a_profile_an_article_a_project_with_a_picture_and_a_demo_with_its_test(
    mine: Path,
) -> None:
    found = read(mine / "content")
    assert [article.path for article in found.articles] == ["/work/first-project", "/writing/first-article"]
    assert found.work[0].cover
    assert {file.name for file in (*mine.glob("demos/*"), *mine.glob("tests/*"))} == {
        "greeting.py",
        "test_greeting.py",
        "conftest.py",
    }
    assert f"CONTENT_DIR={mine}/content" in (mine / "README.md").read_text()


@pytest.mark.parametrize("name", ["mine", "my site #1", "it's \\n"])
def test_the_lines_for_env_name_the_folder_whatever_it_is_called_also_when_they_are_there_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    folder = tmp_path / name
    monkeypatch.setattr("portfolio_app.launcher.commands.load_variables", lambda _: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setenv("CONTENT_DIR", str(folder / "content"))
    monkeypatch.setenv("DEMOS_DIR", str(folder / "demos"))
    assert main(["new", "site", str(folder)]) == 0
    named = {"CONTENT_DIR": str(folder / "content"), "DEMOS_DIR": str(folder / "demos")}
    for text in (capsys.readouterr().out, (folder / "README.md").read_text(encoding="utf-8")):
        lines = "\n".join(line.strip() for line in text.splitlines() if "_DIR=" in line)
        assert dotenv_values(stream=StringIO(lines)) == named


def test_a_new_article_lies_with_the_others(mine: Path) -> None:
    assert new_article("writing", "On engines") == [mine / "content/writing/on-engines.md"]


def test_a_table_outside_the_checkout_is_refused_before_anything_is_written(mine: Path) -> None:
    with pytest.raises(LaunchError, match="needs a migration, and those are in the checkout"):
        new_demo("book", with_table=True)
    assert not list(mine.glob("*/*book*"))


@pytest.mark.parametrize("kind", ["file", "full", "inside"])
def test_a_folder_that_is_taken_is_left_as_it_is(tmp_path: Path, kind: str) -> None:
    places = {"file": tmp_path / "file", "full": tmp_path, "inside": Path("portfolio_app/mine")}
    (tmp_path / "file").write_text("mine")
    with pytest.raises(LaunchError, match=r"is there already; nothing was written|in the site's own source"):
        new_site(places[kind])
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]


def test_what_was_written_before_a_failure_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("portfolio_app.launcher.scaffold.read", fail)
    with pytest.raises(OSError, match="full"):
        new_site(tmp_path / "mine")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
