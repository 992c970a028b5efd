"""`make fuzz`: a site of its own, without limits on rates, under mutated frames and requests."""

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from pathlib import Path

import portfolio_app.portfolio_app  # noqa: F401 (makes the states that events belong to)
from tests.fuzz.attack import Sent, marks, send_frames, send_requests, trouble
from tests.fuzz.mutations import Mutations
from tests.site import Site
from tests.socket.conftest import backend

CLIENTS = 8
SAY_EVERY_S = 10


async def _attack(site: Site, frames: int, requests: int, seed: int) -> Sent:
    sent, numbers = Sent(), itertools.count()

    def address() -> str:
        return f"10.{next(numbers) % 8}.0.1"

    saying = asyncio.create_task(_say(sent))
    async with asyncio.TaskGroup() as clients:
        for client in range(CLIENTS):
            own = Mutations(seed * 1_000 + client)
            clients.create_task(send_frames(site, own, frames // CLIENTS, sent, address))
            clients.create_task(send_requests(site, own, requests // CLIENTS, sent, address))
    saying.cancel()
    return sent


async def _say(sent: Sent) -> None:
    while True:
        await asyncio.sleep(SAY_EVERY_S)
        print(f"{sent.frames:,} frames, {sent.requests:,} requests", flush=True)


def main() -> int:
    """Attack, compare, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    settings = {"RATE_LIMITS": "off", "TRUSTED_PROXY_HOPS": "1", "LOG_LEVEL": "warning"}
    with tempfile.TemporaryDirectory() as folder, backend(Path(folder), **settings) as site:
        before, began = marks(site), time.monotonic()
        sent = asyncio.run(_attack(site, chosen.frames, chosen.requests, chosen.seed))
        after = marks(site)
        print(
            f"seed {chosen.seed}: {sent.frames:,} frames and {sent.requests:,} requests in"
            f" {time.monotonic() - began:.0f} s; statuses {dict(sorted(sent.statuses.items()))}"
        )
        if before == after and not any(status >= 500 for status in sent.statuses):
            print("no worker ended, no answer was a 5xx, no event failed, no row is unauthorised")
            return 0
        print(f"before: {before}\nafter:  {after}", *trouble(site), sep="\n", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
