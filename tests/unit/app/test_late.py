"""Refusals that come late."""

import asyncio

from portfolio_app.app.late import LATE_S, MOST, Late

ANN, BOB = "10.0.0.1", "10.0.0.2"


async def test_a_refusal_waits_and_is_counted_no_longer_than_that() -> None:
    late, said = Late(0.05), list[str]()

    async def refuse(network: str) -> None:
        await late.wait(network)
        said.append(network)

    refusals = [asyncio.create_task(refuse(network)) for network in (ANN, BOB)]
    await asyncio.sleep(0)
    assert said == []
    await asyncio.gather(*refusals)
    assert (sorted(said), late._waiting) == ([ANN, BOB], {})


async def test_so_many_of_a_network_wait_and_the_next_ones_are_said_at_once() -> None:
    late = Late(LATE_S)
    assert all(late.begin(ANN) for _ in range(MOST))
    assert (late.begin(ANN), late.begin(BOB)) == (False, True)
    await asyncio.wait_for(late.wait(ANN), LATE_S / 2)
    late.done(ANN)
    assert late.begin(ANN)
