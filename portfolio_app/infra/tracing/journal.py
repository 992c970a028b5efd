"""A group commit in the trace of every draft that took part in it."""

import asyncio
from functools import lru_cache
from types import CodeType
from typing import Final

from portfolio_app.app.ports.trace import Layer, Target, labels, source
from portfolio_app.infra.db.commit import BatchCommitter
from portfolio_app.infra.db.journal import GroupCommitJournal
from portfolio_app.infra.db.timings import BatchTimings, DraftTiming
from portfolio_app.infra.tracing.recorder import Label, record, sampled_parent

_TURNS: Final = 8
"""Turns of the event loop: from the commit to the last socket it is fewer, one for each task on the way."""
_Recorded = tuple[str, int, int, Label]
_OWN_STEP = labels(None, Layer.INFRA)
_QUEUED = Label(_OWN_STEP | source(GroupCommitJournal.append.__code__))
_COMMITTER = source(BatchCommitter.commit.__code__)
_TRANSACTION = Label(_OWN_STEP | _COMMITTER)
_PUBLISH = Label(_OWN_STEP | source(GroupCommitJournal.start.__code__))


def record_batch(timings: BatchTimings) -> None:
    """Give each draft's trace the steps that it shared, at their measured times.

    Their authors and the push are waiting for the event loop and go first.
    """
    _record_after(_TURNS, timings)


def _record_after(turns: int, timings: BatchTimings) -> None:
    if turns:
        asyncio.get_running_loop().call_soon(_record_after, turns - 1, timings)
    else:
        _record_all(timings)


def _record_all(timings: BatchTimings) -> None:
    shared = _shared_steps(timings)
    for draft in timings.drafts:
        _record(draft, timings, shared)


def _shared_steps(timings: BatchTimings) -> list[_Recorded]:
    batch = len(timings.drafts)
    steps: list[_Recorded] = [
        (
            statement.text,
            statement.start_ns,
            statement.end_ns,
            _statement(statement.code, statement.rows, batch),
        )
        for statement in timings.statements
    ]
    steps.append(("COMMIT", timings.commit_start_ns, timings.commit_end_ns, _commit(batch)))
    return steps


@lru_cache(maxsize=1024)
def _statement(code: tuple[CodeType, int], rows: int, batch: int) -> Label:
    return Label(labels(Target.DB, Layer.INFRA, rows=rows, batch=batch) | source(*code))


@lru_cache(maxsize=256)
def _commit(batch: int) -> Label:
    return Label(labels(Target.DB, Layer.INFRA, batch=batch) | _COMMITTER)


def _record(draft: DraftTiming, timings: BatchTimings, shared: list[_Recorded]) -> None:
    parent = draft.context.run(sampled_parent)
    if parent is None:
        return
    record("queued", parent, draft.queued_ns, timings.start_ns, _QUEUED)
    transaction = record("transaction", parent, timings.start_ns, timings.commit_end_ns, _TRANSACTION)
    for name, start_ns, end_ns, label in shared:
        record(name, transaction, start_ns, end_ns, label)
    record("publish", parent, timings.publish_start_ns, timings.publish_end_ns, _PUBLISH)
