"""What a reader notices of a stream."""

import pytest

from portfolio_app.infra.bus.cursor import BEGINNING, Cursor, Look, Loss

HERE = Look(b"epoch", b"7-0", b"server")


@pytest.fixture
def cursor() -> Cursor:
    begun = Cursor()
    assert begun.compare(HERE) is None
    return begun


def test_the_first_look_begins_at_the_end_and_loses_nothing(cursor: Cursor) -> None:
    assert cursor.position == b"7-0"
    assert cursor.found_nothing() is None


def test_entries_that_follow_each_other_lose_nothing(cursor: Cursor) -> None:
    assert [cursor.take(entry_id, b"epoch") for entry_id in (b"8-0", b"9-0")] == [None, None]
    assert cursor.compare(Look(b"epoch", b"9-0", b"server")) is None
    assert (cursor.position, cursor.found_nothing()) == (b"9-0", None)


def test_an_entry_that_came_between_look_and_read_loses_nothing(cursor: Cursor) -> None:
    assert cursor.compare(Look(b"epoch", b"8-0", b"server")) is None
    assert cursor.take(b"8-0", b"epoch") is None
    assert cursor.take(b"9-0", b"epoch") is None
    assert cursor.found_nothing() is None


def test_a_hole_in_the_numbers_is_a_gap_once(cursor: Cursor) -> None:
    assert cursor.take(b"9-0", b"epoch") is Loss.GAP
    assert cursor.take(b"10-0", b"epoch") is None


def test_entries_that_were_trimmed_before_they_were_read_are_a_gap_once(cursor: Cursor) -> None:
    assert cursor.compare(Look(b"epoch", b"9-0", b"server")) is None
    assert cursor.found_nothing() is Loss.GAP
    assert cursor.found_nothing() is None
    assert cursor.position == b"9-0"
    assert cursor.take(b"10-0", b"epoch") is None


def test_another_epoch_is_another_stream_read_from_its_beginning(cursor: Cursor) -> None:
    assert cursor.compare(Look(b"other", b"3-0", b"server")) is Loss.OTHER_STREAM
    assert cursor.position == BEGINNING
    assert [cursor.take(entry_id, b"other") for entry_id in (b"2-0", b"3-0")] == [None, None]


def test_another_epoch_is_noticed_by_an_entry_too(cursor: Cursor) -> None:
    assert cursor.take(b"8-0", b"other") is Loss.OTHER_STREAM
    assert cursor.position == BEGINNING
    assert cursor.compare(Look(b"other", b"8-0", b"server")) is None


def test_a_stream_that_ends_before_what_was_read_of_it_is_another_one(cursor: Cursor) -> None:
    assert cursor.compare(Look(b"epoch", b"5-0", b"restored")) is Loss.OTHER_STREAM
    assert cursor.position == b"5-0"


def test_another_server_with_the_same_stream_may_have_forgotten_its_end(cursor: Cursor) -> None:
    """It was stored at 6, and has grown since."""
    assert cursor.compare(Look(b"epoch", b"9-0", b"restored")) is Loss.OTHER_SERVER
    assert cursor.compare(Look(b"epoch", b"9-0", b"restored")) is None


def test_an_entry_numbered_by_a_clock_is_taken_as_a_gap(cursor: Cursor) -> None:
    assert cursor.take(b"1790000000000-0", None) is Loss.GAP
    assert cursor.take(b"1790000000000-1", None) is Loss.GAP
    assert cursor.take(b"1790000000001-0", b"epoch") is None
