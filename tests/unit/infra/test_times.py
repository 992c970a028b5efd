"""Times in the database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import sqlite

from portfolio_app.infra.db.times import UtcDateTime

DIALECT = sqlite.dialect()
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_time_of_any_zone_is_stored_as_utc() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))

    stored = UtcDateTime().process_bind_param(elsewhere, DIALECT)

    assert stored == NOON
    assert stored.tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        UtcDateTime().process_bind_param(NOON.replace(tzinfo=None), DIALECT)


@pytest.mark.parametrize(
    "stored", [NOON, NOON.replace(tzinfo=None), NOON.astimezone(timezone(timedelta(hours=-8)))]
)
def test_what_a_database_answers_is_read_as_utc(stored: datetime) -> None:
    read = UtcDateTime().process_result_value(stored, DIALECT)

    assert read == NOON
    assert read.tzinfo is UTC
