"""An environment of their own for tests of the launcher, which leave the logging of this process as it is."""

from pathlib import Path

import pytest

from portfolio_app.launcher.worker import Configuration


@pytest.fixture(autouse=True)
def log_of_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a server's configuration leave loggers and hooks alone: tests of other folders look at them later."""
    monkeypatch.setattr(Configuration, "configure_logging", lambda _: None)


@pytest.fixture
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A data directory of its own, and nothing of `.env` or of this process's signals."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr("portfolio_app.launcher.commands.load_variables", lambda _: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)
