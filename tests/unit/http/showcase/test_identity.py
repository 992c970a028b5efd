"""What the showcase says of a visitor's session."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from portfolio_app.app.chat.tally import PostTally
from portfolio_app.app.showcase.read import Showcase
from portfolio_app.http.showcase import state
from portfolio_app.http.transport import headers
from portfolio_app.http.transport.runtime import HttpOptions


@pytest.mark.parametrize("days", [90, 7])
def test_a_cookie_without_a_row_is_said_to_end_when_it_does(
    days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = HttpOptions(frozenset(), session_lifetime=timedelta(days=days))
    monkeypatch.setattr(state, "options", lambda: options)
    monkeypatch.setattr(headers, "runtime", SimpleNamespace(options=lambda: options))
    guest = Showcase(None, None, None, 0, cast("Any", None), PostTally())
    said = state._identity(guest, "session")
    assert said["expires"] == f"{days} days after the cookie was set"
    assert f"Max-Age={days * 86_400}" in said["flags"]
