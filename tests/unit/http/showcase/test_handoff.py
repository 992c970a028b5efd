"""A message's values at each typed hand-off."""

from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.ports.messages import StoredMessage
from portfolio_app.http.chat.last_posts import Posted
from portfolio_app.http.chat.state import PostDTO
from portfolio_app.http.showcase.handoff import NOT_KEPT, HandoffsView, handoffs
from tests.fakes.samples import message

RAW = "  hi\r\nthere "
MESSAGE = message(RAW)
STORED = StoredMessage(MESSAGE, {"id": MESSAGE.id, "body": str(MESSAGE.body), "decided_by": None})


def bodies(found: HandoffsView) -> list[tuple[str, str]]:
    return [(each.kind, pair.v) for each in found.types for pair in each.fields if pair.k == "body"]


def test_each_type_shows_the_value_it_held_so_that_the_cleaning_can_be_seen() -> None:
    dto = PostDTO(client_id=str(MESSAGE.client_id), body=RAW)
    command = PostCommand("lobby", dto.client_id, dto.body)
    found = handoffs(STORED, Posted(dto, command, MESSAGE, "the request"))
    assert bodies(found) == [
        ("DTO", r"'  hi\r\nthere '"),
        ("Command", r"'  hi\r\nthere '"),
        ("Domain", r"'  hi\nthere'"),
        ("SQL row", r"'  hi\nthere'"),
    ]
    assert "the request" in found.source


def test_what_is_not_remembered_is_not_made_up() -> None:
    found = handoffs(STORED, None)
    assert bodies(found) == [("Domain", r"'  hi\nthere'"), ("SQL row", r"'  hi\nthere'")]
    assert found.source == NOT_KEPT
