"""Messages and the values they are made of."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from portfolio_app.domain.chat.message import (
    BODY_LIMIT,
    Author,
    ClientMessageId,
    Message,
    MessageBody,
    MessageStatus,
)
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.errors import AlreadyDecided, InvalidValue
from portfolio_app.domain.text import clean_text, is_visible
from tests.unit.domain.strategies import ANY_TEXT


@given(ANY_TEXT)
def test_a_body_is_cleaned_text_or_refused(raw: str) -> None:
    cleaned = clean_text(raw)
    if not is_visible(cleaned):
        with pytest.raises(InvalidValue):
            MessageBody.parse(raw)
    else:
        assert str(MessageBody.parse(raw)) == cleaned


@given(ANY_TEXT)
def test_a_body_can_not_be_made_around_the_cleaning(raw: str) -> None:
    try:
        body = MessageBody(raw)
    except InvalidValue:
        return
    assert body.value == clean_text(raw) == raw


@given(ANY_TEXT)
def test_a_stored_body_is_read_whatever_rule_was_made_since(raw: str) -> None:
    assert MessageBody.stored(raw).value == raw


@given(st.integers(1, BODY_LIMIT * 2), st.sampled_from("aé你👩"))
def test_a_body_counts_characters_not_bytes(length: int, ch: str) -> None:
    if length <= BODY_LIMIT:
        assert len(MessageBody.parse(ch * length).value) == length
    else:
        with pytest.raises(InvalidValue, match=rf"{length - BODY_LIMIT} characters? over"):
            MessageBody.parse(ch * length)


@given(ANY_TEXT)
def test_a_client_id_is_plain_and_of_bounded_length(raw: str) -> None:
    try:
        value = ClientMessageId(raw).value
    except InvalidValue:
        return
    assert 8 <= len(value) <= 36
    assert value.isascii()


@pytest.mark.parametrize("value", ["a" * 8, "a" * 36, "0f8fad5b-d9cb-469f-a165-70867728950e", "A_b-9zzz"])
def test_what_browsers_make_is_a_client_id(value: str) -> None:
    assert str(ClientMessageId(value)) == value


@pytest.mark.parametrize("value", ["", "a" * 7, "a" * 37, "abcdefg\n", "abcdefgh\n", "ábcdefgh", "a b c d e"])
def test_anything_else_is_no_client_id(value: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        ClientMessageId(value)
    assert refused.value.field == "client_id"


@given(ANY_TEXT)
def test_a_room_slug_is_fit_for_an_address(raw: str) -> None:
    try:
        slug = str(RoomSlug(raw))
    except InvalidValue:
        return
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 1 <= len(slug) <= 40
    assert slug.strip("-") == slug


@pytest.mark.parametrize("slug", ["lobby", "a", "room-2", "a" * 40])
def test_names_of_rooms_are_slugs(slug: str) -> None:
    assert str(RoomSlug(slug)) == slug


@pytest.mark.parametrize("slug", ["", "-a", "a-", "Lobby", "a" * 41, "a/b", "lobby\n"])
def test_anything_else_is_no_slug(slug: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        RoomSlug(slug)
    assert refused.value.field == "room"


class Moderation(RuleBasedStateMachine):
    """Any decisions in any order on one pending message: it moves forward only."""

    def __init__(self) -> None:
        super().__init__()
        self.message = Message(
            id="m1",
            room=RoomSlug("lobby"),
            client_id=ClientMessageId("client-0001"),
            author=Author("demo", "ab12", "s" * 32, None),
            body=MessageBody("hello"),
            status=MessageStatus.PENDING,
            posted_at=datetime(2026, 11, 22, tzinfo=UTC),
        )
        self.revision = 0

    @rule()
    def approve(self) -> None:
        if self.message.status is MessageStatus.PENDING:
            self.revision += 1
            self.message = self.message.approve(self.revision)
            assert self.message.status is MessageStatus.VISIBLE
        else:
            with pytest.raises(AlreadyDecided):
                self.message.approve(self.revision + 1)

    @rule()
    def remove(self) -> None:
        if self.message.status is MessageStatus.REMOVED:
            with pytest.raises(AlreadyDecided):
                self.message.remove(self.revision + 1)
            return
        self.revision += self.message.status is MessageStatus.VISIBLE
        self.message = self.message.remove(self.revision)
        assert self.message.status is MessageStatus.REMOVED

    @invariant()
    def its_revision_is_that_of_its_last_visible_change(self) -> None:
        assert self.message.revision == self.revision

    @invariant()
    def what_it_says_never_changes(self) -> None:
        assert (str(self.message.body), self.message.id) == ("hello", "m1")


TestModeration = Moderation.TestCase
