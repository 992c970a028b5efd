"""A site that is running while the test does."""

from collections.abc import Iterator

import pytest

from portfolio_app.http.transport import runtime
from tests.unit.http.site import FakeSite


@pytest.fixture
def site() -> Iterator[FakeSite]:
    fake = FakeSite()
    fake.install()
    yield fake
    runtime.uninstall()
