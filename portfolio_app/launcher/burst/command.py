"""The command `burst`: from its options to a receipt on the terminal."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from portfolio_app.domain.burst.plan import Pace, Plan
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.launcher.burst.answers import Refusal
from portfolio_app.launcher.burst.ending import Ending
from portfolio_app.launcher.burst.load import Shape
from portfolio_app.launcher.burst.paper import print_ending
from portfolio_app.launcher.burst.sender import Sent, hand_in, send
from portfolio_app.launcher.burst.site import RunTicket, Site
from portfolio_app.launcher.errors import LaunchError

GOOD, SHORT, GIVEN_UP = 0, 1, 130
"""Exit codes of a burst that was started; `LaunchError` says that none was."""
_HINT: Final = "Stopping. The receipt follows when its pushes are in; Ctrl-C again gives the run up."


def burst(url: str, size: int, workers: int, mode: str, shape: Shape) -> int:
    """Run a burst, print its receipt and return the exit code; `LaunchError` if nothing was sent."""
    try:
        plan = Plan.parse(size, workers, mode)
        if shape.per_s:
            Pace(shape.per_s)
    except InvalidValue as error:
        raise LaunchError(f"--{error.field}: {error}") from None
    site, asides = Site.at(url), Console(stderr=True)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a receipt has bars, and not every terminal is one of UTF-8
    try:
        ending = asyncio.run(_run(site, plan, shape, asides))
    except (asyncio.CancelledError, KeyboardInterrupt):
        print("error: interrupted, and the run was given up: it has no receipt", file=sys.stderr)
        return GIVEN_UP
    print_ending(Console(), ending, site.url)
    if ending.shortfalls:
        print(f"error: {'; '.join(ending.shortfalls)}", file=sys.stderr)
        return SHORT
    return GOOD


async def _run(site: Site, plan: Plan, shape: Shape, asides: Console) -> Ending:
    run = await site.start(plan)
    try:
        with _progress(plan, asides) as (progress, task), _interruptible(asides) as stop:
            sent = await send(site, run, plan, stop, lambda _: progress.advance(task), shape=shape)
            return await _ended(site, run, sent)
    except BaseException:
        await site.give_up(run)  # nobody waits for its receipt: free its place at once
        raise


async def _ended(site: Site, run: RunTicket, sent: Sent) -> Ending:
    try:
        return Ending(sent, await hand_in(site, run, sent))
    except Refusal as refusal:
        await site.give_up(run)
        return Ending(sent, None, str(refusal))


@contextmanager
def _interruptible(asides: Console) -> Iterator[asyncio.Event]:
    """The first Ctrl-C ends the load, so that its receipt can be had; the second ends the command."""
    loop, task, stop = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()

    def interrupted() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
        else:
            stop.set()
            asides.print(_HINT)

    loop.add_signal_handler(signal.SIGINT, interrupted)
    try:
        yield stop
    finally:
        loop.remove_signal_handler(signal.SIGINT)


@contextmanager
def _progress(plan: Plan, asides: Console) -> Iterator[tuple[Progress, TaskID]]:
    """A bar for a person: nothing at all where nobody looks."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=asides,
        disable=not asides.is_terminal,
    )
    with progress:
        yield progress, progress.add_task(str(plan.mode), total=plan.size.value)
