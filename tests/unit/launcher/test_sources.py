"""The digest changes with what the compiler reads, and with nothing else."""

from pathlib import Path

import pytest

from portfolio_app.http.content.source import QUOTED_FILES
from portfolio_app.launcher.sources import lock_digest, source_digest


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in (
        "portfolio_app/http/page.py",
        "portfolio_app/infra/db.py",
        "assets/site.css",
        "rxconfig.py",
        "benchmarks/results/latest.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["portfolio_app/http/page.py", "assets/site.css", "rxconfig.py", "benchmarks/results/latest.json"]
)
def test_a_changed_source_changes_the_digest(checkout: Path, name: str) -> None:
    before = source_digest(checkout)
    (checkout / name).write_text("changed")

    assert source_digest(checkout) != before


def test_added_and_renamed_sources_change_the_digest(checkout: Path) -> None:
    before = source_digest(checkout)
    (checkout / "assets/site.css").rename(checkout / "assets/renamed.css")
    renamed = source_digest(checkout)
    (checkout / "portfolio_app/http/more.py").touch()

    assert len({before, renamed, source_digest(checkout)}) == 3


@pytest.mark.parametrize(
    "name",
    [
        "portfolio_app/infra/db.py",
        "portfolio_app/launcher/serving.py",
        "portfolio_app/http/styleguide/__init__.py",
        "portfolio_app/http/__pycache__/page.pyc",
        "assets/external/made.js",
        "README.md",
        "tests/test_page.py",
    ],
)
def test_what_the_compiler_does_not_read_leaves_the_digest(checkout: Path, name: str) -> None:
    before = source_digest(checkout)
    (checkout / name).parent.mkdir(parents=True, exist_ok=True)
    (checkout / name).write_text("changed")

    assert source_digest(checkout) == before


@pytest.mark.parametrize("name", sorted(QUOTED_FILES))
def test_code_that_a_page_quotes_is_a_source_in_any_layer(checkout: Path, name: str) -> None:
    (checkout / name).parent.mkdir(parents=True, exist_ok=True)
    (checkout / name).write_text("as it was")
    before = source_digest(checkout)
    (checkout / name).write_text("changed")

    assert source_digest(checkout) != before


def test_code_that_an_article_quotes_is_a_source_in_any_layer(checkout: Path) -> None:
    unquoted = source_digest(checkout)
    (checkout / "portfolio_app/infra/db.py").write_text("changed")
    assert source_digest(checkout) == unquoted

    (checkout / "portfolio_app/content/work").mkdir(parents=True)
    article = checkout / "portfolio_app/content/work/note.md"
    article.write_text("```python portfolio_app/infra/db.py:Table\n```\n")
    quoted = source_digest(checkout)
    (checkout / "portfolio_app/infra/db.py").write_text("changed again")
    assert source_digest(checkout) != quoted


def test_touching_a_source_leaves_the_digest(checkout: Path) -> None:
    before = source_digest(checkout)
    (checkout / "rxconfig.py").touch()

    assert source_digest(checkout) == before


def test_the_package_lock_has_a_digest_of_its_own(checkout: Path) -> None:
    sources, lock = source_digest(checkout), lock_digest(checkout)
    (checkout / "reflex.lock").mkdir()
    (checkout / "reflex.lock/package-lock.json").write_text("{}")

    assert source_digest(checkout) == sources
    assert lock_digest(checkout) != lock


def test_words_outside_the_checkout_are_a_source_and_a_repository_around_them_is_not(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = tmp_path_factory.mktemp("mine") / "content"
    for name in ("work/note.md", ".git/HEAD"):
        (content / name).parent.mkdir(parents=True)
        (content / name).write_text("as it was")
    alone = source_digest(checkout)
    monkeypatch.setenv("CONTENT_DIR", str(content))
    before = source_digest(checkout)
    (content / ".git/HEAD").write_text("a commit later")
    assert before == source_digest(checkout) != alone

    (content / "work/note.md").write_text("```python portfolio_app/infra/db.py:Table\n```\n")
    quoting = source_digest(checkout)
    (checkout / "portfolio_app/infra/db.py").write_text("changed")
    assert len({before, quoting, source_digest(checkout)}) == 3
