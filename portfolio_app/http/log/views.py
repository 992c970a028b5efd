"""Rows of live log, network table and comparison as the browser gets them, and the push of new ones to its tabs."""

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from portfolio_app.app.critical_path import WAITING, Difference
from portfolio_app.app.ports.live_feed import FeedBatch, LogRow, NetworkRow
from portfolio_app.http.transport.push import Push, session_topic
from portfolio_app.words import t

_LONGEST_NAME: Final = 32
_NOWHERE: Final = t("in no step")


@dataclass(frozen=True, slots=True)
class PillView:
    """A name and a value."""

    k: str
    v: str


@dataclass(frozen=True, slots=True)
class LogRowView:
    """One step: `at` is milliseconds since the epoch, `ms` the duration as text, `level` info or error."""

    seq: int
    at: int
    ms: str
    target: str
    layer: str
    message: str
    request_id: str
    pills: tuple[PillView, ...]
    level: str


@dataclass(frozen=True, slots=True)
class NetworkRowView:
    """One request or event: `at` is milliseconds since the epoch, `kind` http or event."""

    seq: int
    at: int
    kind: str
    method: str
    path: str
    status: int
    ms: float
    bytes: int
    request_id: str


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A request that another one can be laid beside; `at` is milliseconds since the epoch."""

    request_id: str
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """The time that a step adds to the critical path of either request, and how much more to the second."""

    name: str
    first: str
    second: str
    more: str


def log_row_view(row: LogRow) -> LogRowView:
    """Format the duration; the rest as it is, and `at` without fractions."""
    return LogRowView(
        seq=row.seq,
        at=int(row.at),
        ms=f"{row.ms:.2f}",
        target=row.target,
        layer=row.layer,
        message=row.message,
        request_id=row.request_id,
        pills=tuple(PillView(name, value) for name, value in row.pills),
        level=row.level,
    )


def network_row_view(row: NetworkRow) -> NetworkRowView:
    """The row for the network table: the duration to the hundredth of a millisecond, `at` without fractions."""
    return NetworkRowView(
        seq=row.seq,
        at=int(row.at),
        kind=row.kind,
        method=row.method,
        path=row.path,
        status=row.status,
        ms=round(row.ms, 2),
        bytes=row.bytes,
        request_id=row.request_id,
    )


def frame_of(view: LogRowView | NetworkRowView) -> dict[str, Any]:
    """The view as a frame carries it: made here, for a general encoder takes four times as long."""
    row = {name: getattr(view, name) for name in view.__slots__}
    if isinstance(view, LogRowView):
        row["pills"] = [{"k": pill.k, "v": pill.v} for pill in view.pills]
    return row


@dataclass(frozen=True, slots=True)
class Digits:
    """A duration as it is written: `count` of the last digit that is shown, in `unit`."""

    count: int
    decimals: int
    unit: str

    def written(self, count: int) -> str:
        """A count of the last digit that is shown, written with its unit: figures that are written so add up."""
        return f"{count / 10**self.decimals:.{self.decimals}f} {self.unit}"


def digits_of(microseconds: int) -> Digits:
    """The digits of a duration in the unit that fits it, three of them."""
    if microseconds < 1_000:
        return Digits(microseconds, 0, "µs")
    value, unit = (
        (microseconds / 1_000, "ms") if microseconds < 1_000_000 else (microseconds / 1_000_000, "s")
    )
    decimals = 2 if value < 10 else 1 if value < 100 else 0
    return Digits(round(value * 10**decimals), decimals, unit)


def spoken(microseconds: int) -> str:
    """A duration in the unit that fits it, to three digits."""
    digits = digits_of(microseconds)
    return digits.written(digits.count)


def shortened(name: str) -> str:
    """A step's name in a sentence: a statement may be long."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"


def choice_view(row: NetworkRow) -> ChoiceView:
    """A request to choose: what was asked for, and how long it took."""
    took = spoken(round(row.ms * 1000))
    return ChoiceView(row.request_id, row.at, f"{row.method} {row.path}, {took}")


def difference_view(each: Difference) -> DifferenceView:
    """The difference with its name as in a sentence, its times as a person reads them."""
    return DifferenceView(
        _step(each),
        spoken(each.first_us),
        spoken(each.second_us),
        _signed(each.more_us),
    )


def _step(each: Difference) -> str:
    return _NOWHERE if each.name == WAITING else shortened(each.name)


def _signed(microseconds: int) -> str:
    return f"{'−' if microseconds < 0 else '+'}{spoken(abs(microseconds))}"


def summary_of(found: tuple[Difference, ...]) -> str:
    """Both lengths and how much longer the second is, in digits that add up, and the step that makes most of it."""
    first, second = sum(each.first_us for each in found), sum(each.second_us for each in found)
    digits = digits_of(max(first, second, 1))
    a, b = (round(part / max(first, second, 1) * digits.count) for part in (first, second))
    sums = {
        "first": digits.written(a),
        "second": digits.written(b),
        "difference": digits.written(abs(b - a)),
    }
    lengths = (
        t("{first} and {second}: the second is {difference} longer.", **sums)
        if b >= a
        else t("{first} and {second}: the second is {difference} shorter.", **sums)
    )
    if not found or not found[0].more_us:
        return lengths
    most = t(
        "Most of that: {step}, {difference}.", step=_step(found[0]), difference=_signed(found[0].more_us)
    )
    return f"{lengths} {most}"


class LogFeed(rx.State):
    """New rows of this visitor session's live log, and of its network table."""

    arrivals: rx.Field[list[LogRowView]] = rx.field(default_factory=list)
    requests: rx.Field[list[NetworkRowView]] = rx.field(default_factory=list)


class LogPublisher:
    """Subscribes to the live feed: a session's new rows become one frame for its tabs."""

    def __init__(self, push: Push) -> None:
        self._push = push

    async def on_batch(self, session_id: str, batch: FeedBatch) -> None:
        """Push new rows to the tabs of the session they belong to, if it has any open."""
        topic = session_topic(session_id)
        if self._push.listeners(topic):
            await self._push.send(topic, LogFeed, **channels_of(batch))


def channels_of(batch: FeedBatch) -> dict[str, object]:
    """The rows by their channel, without one that would carry none."""
    channels = {
        "arrivals": [frame_of(log_row_view(row)) for row in batch.rows],
        "requests": [frame_of(network_row_view(row)) for row in batch.network],
    }
    return {name: rows for name, rows in channels.items() if rows}
