"""A process of its own that posts until it is killed, and prints each message that was acknowledged."""

import asyncio
import sys

from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.clock import system_clock
from portfolio_app.infra.db.database import Database
from tests.fakes.samples import draft


async def _post_for_ever(url: str) -> None:
    journal = Database(url, system_clock).journal(MemoryBus())
    await journal.start()

    async def author(name: str) -> None:
        while True:
            receipt = await journal.append(draft(system_clock, by=name))
            print(receipt.message.revision, receipt.message.id, flush=True)

    await asyncio.gather(*(author(f"author-{number}") for number in range(8)))


if __name__ == "__main__":
    asyncio.run(_post_for_ever(sys.argv[1]))
