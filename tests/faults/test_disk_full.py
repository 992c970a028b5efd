"""The disk under a SQLite database is full for a while."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.crowd import crowd, posted, quiet
from tests.faults.stored import everyone_agrees, in_sqlite
from tests.site import Site
from tests.socket.conftest import backend
from tests.waiting import until

pytestmark = pytest.mark.server

UNREACHABLE = "The service can't be reached right now. Try again in a moment."


@contextmanager
def no_file_grows(site: Site) -> Iterator[None]:
    """Every write of the server beyond what its files hold by now fails, as on a full disk."""
    size = max(path.stat().st_size for path in site.data_dir.glob("portfolio.db*"))
    before = resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (size + 1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, before)


async def test_posts_are_refused_while_the_disk_is_full_and_what_was_stored_stays(
    tmp_path: Path,
) -> None:
    with backend(tmp_path, RATE_LIMITS="off", LOG_LEVEL="warning") as site:
        async with crowd(site, 5) as authors:
            await posted(authors, 10)
            with no_file_grows(site):
                await until(lambda: all(author.refusals for author in authors))
                earlier = {body for author in authors for body in author.acknowledged}
                assert earlier <= set(in_sqlite(tmp_path))
            assert {text for author in authors for text in author.refusals} == {UNREACHABLE}
            await posted(authors, 10)
            await quiet(authors)
            await everyone_agrees(authors, in_sqlite(tmp_path))
