"""What `make dev` starts, and what nothing else does."""

import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from portfolio_app.launcher import development
from portfolio_app.launcher.toolchain import reflex_environment
from portfolio_app.settings import STYLEGUIDE, Settings, shows_styleguide


def test_the_development_server_shows_the_style_guide(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[Mapping[str, str]] = []

    def run_reflex(_: list[str], environment: Mapping[str, str]) -> int:
        started.append(environment)
        return 0

    monkeypatch.setattr(development, "run_reflex", run_reflex)
    monkeypatch.setattr(development, "migrate", lambda _: None)
    monkeypatch.setattr(development.address, "claim", lambda *_: socket.socket())
    development.run(Settings(data_dir=tmp_path))

    assert [shows_styleguide(environment) for environment in started] == [True]


def test_builds_and_servers_drop_it_whatever_they_inherit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STYLEGUIDE, "on")

    assert not shows_styleguide(reflex_environment())


def test_a_site_has_no_style_guide_unless_told() -> None:
    assert not shows_styleguide({})
