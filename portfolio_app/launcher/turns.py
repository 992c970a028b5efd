"""Turns of connections: what a network over budget has sent is parsed after what others have."""

import asyncio
from asyncio import Transport
from collections.abc import Callable
from typing import Final

from portfolio_app.app.caller import network_of
from portfolio_app.app.lanes import Lane
from portfolio_app.app.late import Late
from portfolio_app.app.processor_time import Account
from portfolio_app.http.transport import runtime

late: Final = Late()
"""Connections without a turn that are dropped after a while."""


def payer_of(client: tuple[str, int] | None) -> Account | None:
    """The account that reading from this peer is paid by.

    None without limits, before the site runs, and behind a proxy: whose a request is, its headers say.
    """
    try:
        site = runtime.current()
    except runtime.NotInstalled:
        return None
    if client is None or not site.options.limits or site.options.trusted_proxy_hops:
        return None
    return site.sockets.accounts.request(network_of(client[0]))


def drop_later(transport: Transport, network: str) -> None:
    """Read nothing more from a connection that gets no turn, and drop it after a while."""
    if not late.begin(network):
        transport.abort()
        return
    transport.pause_reading()
    asyncio.get_running_loop().call_later(late.seconds, _drop, transport, network)


def _drop(transport: Transport, network: str) -> None:
    late.done(network)
    transport.abort()


class Turn:
    """The turn of one connection in the lane of its network."""

    __slots__ = ("_granted", "_lane", "_on_turn")

    def __init__(self, lane: Lane, network: str, on_turn: Callable[[], None]) -> None:
        """Calls `on_turn` once, in a later round of the loop."""
        self._lane = lane
        self._on_turn = on_turn
        self._granted = lane.enter(network)
        self._granted.add_done_callback(self._begin)

    def give_up(self) -> None:
        """Come at once: the connection is gone, and nobody waits behind it."""
        if not self._granted.done():
            self._granted.set_result(None)

    def _begin(self, granted: asyncio.Future[None]) -> None:
        try:
            self._on_turn()
        finally:
            self._lane.leave(granted)
