"""From options to a receipt on the terminal."""

import asyncio
import signal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from portfolio_app.domain.burst.plan import Plan
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.launcher.burst.paper import Receipt, print_receipt
from portfolio_app.launcher.burst.sender import send
from portfolio_app.launcher.burst.site import Site
from portfolio_app.launcher.errors import LaunchError


def burst(url: str, size: int, workers: int, mode: str) -> None:
    """Run a burst and print its receipt; `LaunchError` if it can't run, or if the ledgers disagree."""
    try:
        plan = Plan.parse(size, workers, mode)
    except InvalidValue as error:
        raise LaunchError(f"--{error.field}: {error}") from None
    console = Console()
    site = Site.at(url)
    receipt = asyncio.run(_run(site, plan, console))
    print_receipt(console, receipt, site.url)
    if not receipt["balanced"]:
        raise LaunchError("the ledgers of this run do not agree")


async def _run(site: Site, plan: Plan, console: Console) -> Receipt:
    run = await site.start(plan)
    stop = asyncio.Event()
    _on_interrupt(stop)
    with _progress(console) as progress:
        task = progress.add_task(f"{plan.mode}", total=plan.size.value)
        return await send(site, run, plan, stop, lambda _: progress.advance(task))


def _on_interrupt(stop: asyncio.Event) -> None:
    """The first Ctrl-C ends the burst, so that its receipt can be had; the second ends the command."""
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, interrupted)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )
