"""What a server would change of its own process stays pytest's in the tests of the launcher."""

import pytest

from portfolio_app.launcher.worker import Configuration


@pytest.fixture(autouse=True)
def log_of_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration that is made leaves loggers and hooks alone, which tests of other folders look at later."""
    monkeypatch.setattr(Configuration, "configure_logging", lambda _: None)
