"""Reflex's events, charged to the connection that asked for them, and its states, forgotten once their tab has left."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from reflex.istate.manager import StateManager
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.event.processor import EventProcessor
from reflex_base.event.processor.event_processor import EventQueueEntry
from reflex_base.registry import RegisteredEventHandler

from portfolio_app.app.processor_time import Account, Accounts, current, metered, paid_by


def charge(events: EventProcessor, accounts: Accounts) -> None:
    """From now on, let every event be paid for by the account that is current where it is queued.

    It waits for its turn if that account is over budget, and does not run at all once the connection is gone.
    """
    enqueue, process = events.enqueue, events._process_event_queue_entry
    asked: dict[str, Account] = {}

    async def enqueue_charged(token: str, event: Event, ev_ctx: EventContext | None = None) -> Any:  # noqa: ANN401 (a future)
        answer, account = await enqueue(token, event, ev_ctx), current()
        if account is not None and not answer.done():
            asked[answer.txid] = account
            account.pending[answer.txid] = None
            answer.add_done_callback(answered)
        return answer

    def answered(answer: Any) -> None:  # noqa: ANN401 (a future)
        asked.pop(answer.txid).pending.pop(answer.txid)

    async def process_charged(*, entry: EventQueueEntry, registered_handler: RegisteredEventHandler) -> None:
        account = asked.get(entry.ctx.txid)
        if account is None:
            await process(entry=entry, registered_handler=registered_handler)
        else:
            try:
                if not await account.may_run(entry.ctx.txid):
                    accounts.dropped += 1
                    return
                with paid_by(account):
                    work = process(entry=entry, registered_handler=registered_handler)
                    await metered(work, account.spend)
            finally:
                account.done(entry.ctx.txid)

    events.enqueue = enqueue_charged  # type: ignore[method-assign]  # Reflex has no hook for it
    events._process_event_queue_entry = process_charged  # type: ignore[method-assign]


SWEEP_S: Final = 10.0
"""A state that was found without its tab twice goes: between one and two sweeps after the tab has left."""


class TabStates:
    """The states that Reflex keeps for tabs. A tab that comes back reads everything anew."""

    def __init__(self, manager: StateManager, connected: Mapping[str, object]) -> None:
        """`connected` has a key for the token of every tab that is there."""
        if not isinstance(manager, StateManagerMemory):
            raise TypeError("the states of tabs are kept in memory")
        self._manager = manager
        self._connected = connected
        self._gone: set[str] = set()

    def __len__(self) -> int:
        return len(self._manager.states)

    async def watch(self) -> None:
        """Sweep now and then, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_S)
            self.sweep()

    def sweep(self) -> None:
        """Forget the states of tabs that had left by the last sweep; one whose handler still runs waits."""
        gone = self._manager.states.keys() - self._connected.keys()
        for token in gone & self._gone:
            known, lock = self._manager._token_expires_at.get(token), self._manager._states_locks.get(token)
            if known is not None and not (lock is not None and lock.locked()):
                self._manager._purge_token(known[1])
        self._gone = gone
