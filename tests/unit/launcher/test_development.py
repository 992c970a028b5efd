"""Where `make dev` can't start, and what it starts with."""

from pathlib import Path

import pytest

from portfolio_app.launcher import development
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.toolchain import reflex_environment
from portfolio_app.settings import STYLEGUIDE, Settings, shows_styleguide


def test_a_read_only_checkout_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)

    with pytest.raises(LaunchError, match="is read-only"):
        development.run(Settings(data_dir=tmp_path))


def test_builds_and_servers_drop_the_style_guide_whatever_they_inherit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(STYLEGUIDE, "on")

    assert not shows_styleguide(reflex_environment())


def test_a_site_has_no_style_guide_unless_told() -> None:
    assert not shows_styleguide({})
