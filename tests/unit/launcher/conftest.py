"""Keeps the tests of the launcher from configuring the logging of the process that runs them."""

import pytest

from portfolio_app.launcher.worker import Configuration


@pytest.fixture(autouse=True)
def log_of_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a server's configuration leave loggers and hooks alone: tests of other folders look at them later."""
    monkeypatch.setattr(Configuration, "configure_logging", lambda _: None)
