"""One run from its first request to its receipt."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from portfolio_app.domain.burst.ledger import Answer, Outcome
from portfolio_app.domain.burst.plan import Pace, Plan
from portfolio_app.launcher.burst.feed import following
from portfolio_app.launcher.burst.load import CLOSED, Load, Shape, Stop
from portfolio_app.launcher.burst.site import RecordFields, RunTicket, Site


@dataclass(frozen=True, slots=True)
class Sent:
    """A load after its end, as its sender saw it.

    `feed_trouble` is what last went wrong with the live feed, empty if nothing did.
    """

    plan: Plan
    answers: tuple[Answer, ...]
    stopped: Stop | None = None
    pace: Pace | None = None
    feed_trouble: str = ""


async def send(
    site: Site,
    run: RunTicket,
    plan: Plan,
    stop: asyncio.Event,
    answered: Callable[[Answer], None],
    *,
    shape: Shape = CLOSED,
) -> Sent:
    """Send the load in its `shape` until it is done or `stop` is set, and wait for what is pushed of it.

    `LaunchError` if the live feed does not open: then nothing was sent.
    """
    async with following(site) as feed:
        load = Load(site, run, plan, answered, shape)
        await load.send(stop)
        await feed.caught_up(_ids(load.answers))
    seen = tuple(replace(answer, pushed=answer.request_id in feed.seen) for answer in load.answers)
    pace = Pace(shape.per_s, load.skipped, shape.rising) if shape.per_s else None
    return Sent(plan, seen, load.stopped, pace, feed.trouble)


async def hand_in(site: Site, run: RunTicket, sent: Sent) -> RecordFields:
    """Report everything, and get the receipt; `Refusal` if there is none to be had."""
    fields = [_fields(answer) for answer in sent.answers]
    return await site.finish(run, fields, cancelled=sent.stopped is not None, pace=sent.pace)


def _ids(answers: list[Answer]) -> set[str]:
    return {
        answer.request_id for answer in answers if answer.request_id and answer.outcome is not Outcome.FAILED
    }


def _fields(answer: Answer) -> list[object]:
    """An answer as the endpoint takes it."""
    return [
        *(answer.n, answer.request_id, answer.status, answer.started_us, answer.duration_us),
        *(
            int(answer.pushed),
            answer.cause,
            answer.late_us,
            answer.length,
            answer.queued_us,
            answer.server_us,
        ),
    ]
