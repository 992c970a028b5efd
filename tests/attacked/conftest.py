"""The site that is attacked, one for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.attacked.people import Attacked, attacked


@pytest_asyncio.fixture
async def site(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Attacked]:
    """The site and its people."""
    async with attacked(tmp_path, caplog, monkeypatch) as running:
        yield running
