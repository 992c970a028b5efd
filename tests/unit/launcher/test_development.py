"""Where `make dev` can't start, and what it starts with."""

import fcntl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from portfolio_app.launcher import development
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.toolchain import reflex_environment
from portfolio_app.settings import STYLEGUIDE, Settings, shows_styleguide
from tests.site import free_port
from tests.unit.http.content import stranger


def test_a_read_only_checkout_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)

    with pytest.raises(LaunchError, match="is read-only"):
        development.run(Settings(data_dir=tmp_path))


def test_a_second_one_in_the_same_checkout_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(development, "ROOT", tmp_path)
    monkeypatch.setattr(development, "prepare", lambda _: None)
    (tmp_path / ".build").mkdir()
    with (tmp_path / ".build/developing").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        with pytest.raises(LaunchError, match="another make dev, or a build, runs in "):
            development.run(Settings(data_dir=tmp_path, port=free_port()))


async def test_a_change_of_the_language_is_answered_and_one_of_other_words_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = stranger.write(tmp_path / "content") / "profile.toml"
    monkeypatch.setenv("CONTENT_DIR", str(profile.parent))
    words, asked = profile.read_text(), list[frozenset[Path]]()
    saved = (words + "# more\n", "[", f'lang = "de"\n{words}', f'lang = "de"\n{words}\n', words)
    told: list[int] = []

    class Site:
        async def change(self, needed: frozenset[Path]) -> None:
            asked.append(needed)

    async def changes(*_: object, **__: object) -> AsyncIterator[set[tuple[int, str]]]:
        for text in saved:
            profile.write_text(text)
            yield {(2, str(profile))}
            told.append(capsys.readouterr().out.count(development.LANGUAGE_CHANGED))

    monkeypatch.setattr(development, "awatch", changes)
    await development._follow(cast(Any, Site()))
    assert told == [0, 0, 1, 0, 1]
    assert asked == [frozenset({profile})] * len(saved)


def test_builds_and_servers_drop_the_style_guide_whatever_they_inherit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(STYLEGUIDE, "on")

    assert not shows_styleguide(reflex_environment())


def test_a_site_has_no_style_guide_unless_told() -> None:
    assert not shows_styleguide({})
