"""The short form of `make fuzz`: a few hundred mutated frames and requests, and everything is as it was."""

import itertools

import pytest

from tests.fuzz.attack import Sent, marks, send_frames, send_requests, trouble
from tests.fuzz.mutations import Mutations
from tests.site import Site

pytestmark = pytest.mark.server

FRAMES, REQUESTS = 400, 200


async def test_mutated_frames_and_requests_end_nothing_fail_nothing_and_change_nothing(site: Site) -> None:
    mutations, sent, numbers = Mutations(seed=7), Sent(), itertools.count(1)
    before = marks(site)

    def address() -> str:
        return f"10.99.{next(numbers) // 250}.{next(numbers) % 250}"

    await send_frames(site, mutations, FRAMES, sent, address)
    await send_requests(site, mutations, REQUESTS, sent, address)

    assert marks(site) == before, trouble(site)
    assert (sent.frames, sent.requests) == (FRAMES, REQUESTS)
    assert {status // 100 for status in sent.statuses} == {2, 3, 4}
