"""A database in use: its connections, and what works on them."""

from sqlalchemy import QueuePool

from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.journal import GroupCommitJournal
from portfolio_app.infra.db.timings import Observe
from portfolio_app.infra.db.unit_of_work import THREADS, SqlUnitOfWork


class Database:
    """One pool for the units of work and the journal; connects when first asked for something."""

    def __init__(self, database_url: str, clock: Clock, bus: Bus | None = None) -> None:
        """On `bus` units of work say what they can't know; without one nobody listens."""
        self.engine = open_engine(database_url, connections=THREADS + 1)
        self.unit_of_work = SqlUnitOfWork(self.engine, clock, bus)
        self._clock = clock

    def journal(self, bus: Bus, observe: Observe | None = None) -> GroupCommitJournal:
        """A journal that is not started yet; it must be stopped before the database is closed."""
        return GroupCommitJournal(self.engine, bus, self._clock, observe)

    def connections(self) -> dict[str, float]:
        """How many the pool may open, and how many are in use."""
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)  # noqa: S101 (what `open_engine` makes)
        return {"size": pool.size(), "in_use": pool.checkedout()}

    def close(self) -> None:
        """End the transactions under way and close the connections."""
        self.unit_of_work.close()
        self.engine.dispose()
