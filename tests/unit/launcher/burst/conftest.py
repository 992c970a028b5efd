"""A fake site, and no waiting."""

import pytest

from tests.unit.launcher.burst.fake_site import FakeSite


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSite:
    monkeypatch.setattr("portfolio_app.launcher.burst.site.PAUSES_S", (0, 0, 0))
    monkeypatch.setattr("portfolio_app.launcher.burst.feed.AGAIN_S", 0.01)
    monkeypatch.setattr("portfolio_app.launcher.burst.feed.QUIET_S", 0.1)
    return FakeSite()
