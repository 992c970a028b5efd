"""One run from its first request to its receipt."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from portfolio_app.domain.burst.ledger import Answer, Outcome
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.launcher.burst.feed import following
from portfolio_app.launcher.burst.load import Load
from portfolio_app.launcher.burst.paper import Receipt
from portfolio_app.launcher.burst.site import Run, Site


async def send(
    site: Site, run: Run, plan: Plan, stop: asyncio.Event, told: Callable[[Answer], None]
) -> Receipt:
    """Send the load until it is done or `stop` is set, wait for what is pushed of it, and hand everything in."""
    async with following(site) as feed:
        load = Load(site, run, plan, told)
        await load.send(stop)
        await feed.caught_up(_ids(load.answers))
    seen = [replace(answer, pushed=answer.request_id in feed.seen) for answer in load.answers]
    return await site.finish(run, [_fields(answer) for answer in seen], cancelled=stop.is_set())


def _ids(answers: list[Answer]) -> set[str]:
    return {
        answer.request_id for answer in answers if answer.request_id and answer.outcome is not Outcome.FAILED
    }


def _fields(answer: Answer) -> list[object]:
    """As the endpoint takes it."""
    return [
        *(answer.n, answer.request_id, answer.status, answer.started_us, answer.duration_us),
        int(answer.pushed),
    ]
