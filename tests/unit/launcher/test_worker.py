"""A server process sets up Python for an event loop that many wait for."""

import gc
import sys
from collections.abc import Iterator

import pytest

from portfolio_app.launcher import worker


@pytest.fixture
def interpreter() -> Iterator[None]:
    """What the process had before is set again."""
    switch, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(switch)
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("interpreter")
def test_threads_change_often_and_everything_is_looked_through_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "return_freed_memory", lambda: None)
    young, old, _ = gc.get_threshold()
    worker.Configuration(lambda: None, log_config=None).load()
    assert sys.getswitchinterval() == pytest.approx(worker.SWITCH_S)
    assert gc.get_threshold() == (young, old, worker.FULL_COLLECTIONS)
    assert gc.isenabled()
