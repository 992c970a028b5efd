"""What the framework's commands run with."""

import pytest

from portfolio_app.launcher.toolchain import ROOT, reflex_environment


@pytest.mark.parametrize("home", [None, "/nonexistent"])
def test_npm_keeps_its_cache_in_the_checkout(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    if home is None:
        monkeypatch.delenv("HOME")
    else:
        monkeypatch.setenv("HOME", home)

    assert reflex_environment()["npm_config_cache"] == str(ROOT / ".npm")
