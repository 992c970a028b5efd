"""What pages take as it is goes straight to the dev server; the rest is for Python."""

from pathlib import Path

import pytest

from portfolio_app.launcher.hot import files


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(files, "ROOT", tmp_path)
    monkeypatch.setattr(files, "WEB", tmp_path / ".web")
    monkeypatch.setattr(files, "ASSETS", tmp_path / "assets")
    monkeypatch.setattr(files, "HTTP", tmp_path / "http")
    monkeypatch.setattr(files, "_READ_BY_PYTHON", (tmp_path / "assets/css/tokens.css",))
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("source", "copies"),
    [
        ("assets/fonts/new.woff2", ["public/fonts/new.woff2"]),
        ("assets/css/base.css", ["styles/css/base.css", "public/css/base.css"]),
        ("http/chat/chat.css", ["styles/css/chat.css"]),
        ("http/chat/room.js", ["public/js/room.js"]),
        ("http/kit/kept.jsx", ["public/js/kept.jsx"]),
    ],
)
def test_a_changed_file_is_where_the_dev_server_reads_it(
    checkout: Path, source: str, copies: list[str]
) -> None:
    for copy in copies:
        write(checkout / ".web" / copy, "before")
    changed = write(checkout / source, "after")

    assert files.hand_over([changed]) == frozenset()
    assert {(checkout / ".web" / copy).read_text() for copy in copies} == {"after"}


@pytest.mark.parametrize("source", ["http/chat/new.css", "http/chat/state.py", "http/styleguide/sheet.css"])
def test_what_python_reads_is_left_to_it(checkout: Path, source: str) -> None:
    changed = write(checkout / source, "new")

    assert files.hand_over([changed]) == {changed}


def test_colours_go_to_both(checkout: Path) -> None:
    write(checkout / ".web/styles/css/tokens.css", "before")
    write(checkout / ".web/public/css/tokens.css", "before")
    changed = write(checkout / "assets/css/tokens.css", "after")

    assert files.hand_over([changed]) == {changed}
    assert (checkout / ".web/styles/css/tokens.css").read_text() == "after"


def test_a_removed_file_is_gone_from_the_dev_server(checkout: Path) -> None:
    copy = write(checkout / ".web/public/js/room.js", "before")

    assert files.hand_over([checkout / "http/chat/room.js"]) == frozenset()
    assert not copy.exists()


@pytest.mark.parametrize(
    "name",
    [
        *(
            "portfolio_app/__pycache__/x.pyc",
            "portfolio_app/.#x.py",
            "portfolio_app/x.py~",
            "portfolio_app/4913",
        ),
        *("Makefile", "pyproject.toml"),
    ],
)
def test_what_nobody_wrote_for_the_site_is_no_source(checkout: Path, name: str) -> None:
    assert not files.is_source(checkout / name)


@pytest.mark.parametrize("name", ["rxconfig.py", "portfolio_app/x.py", "assets/logo.svg"])
def test_sources(checkout: Path, name: str) -> None:
    assert files.is_source(checkout / name)


@pytest.mark.parametrize("folder", ["tests", "benchmarks", "alembic"])
def test_what_is_no_part_of_the_running_site_is_not_watched(folder: str) -> None:
    assert not any((files.ROOT / folder / "x.py").is_relative_to(watched) for watched in files.watched())


def test_folders_outside_the_checkout_are_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files.watched()
    for variable in ("CONTENT_DIR", "DEMOS_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))

    assert {*files.watched()} - {*before} == {tmp_path / "CONTENT_DIR", tmp_path / "DEMOS_DIR"}
    assert files.is_source(tmp_path / "CONTENT_DIR" / "work" / "x.md")
