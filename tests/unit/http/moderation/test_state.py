"""What moderators' tabs are told to read again."""

from typing import Any, cast

import pytest

from portfolio_app.app.events import Event, QueueChanged, RoomsChanged
from portfolio_app.http.moderation import state
from portfolio_app.http.moderation.state import QueuePublisher
from portfolio_app.http.transport.push import Push


class Sent(list[dict[str, Any]]):
    """A push that keeps what it is given to send."""

    async def send(self, _topic: str, _state: type[object], **fields: object) -> None:
        self.append(fields)


@pytest.mark.parametrize(("event", "rooms"), [(QueueChanged(), 0), (RoomsChanged(), 1)])
async def test_a_change_of_rooms_has_rooms_and_trail_read_again_and_one_of_the_queue_no_rooms(
    monkeypatch: pytest.MonkeyPatch, event: Event, rooms: int
) -> None:
    monkeypatch.setattr(state, "QUEUE_DELAY", 0)
    sent = Sent()
    publisher = QueuePublisher(cast(Push, sent))
    await publisher.on_event(event)
    assert publisher._announcing
    await publisher._announcing
    assert sent == [{"version": 1, "rooms": rooms}]
