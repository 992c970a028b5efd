"""Load bursts and their rows, and counts of page views."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from portfolio_app.infra.db.times import UtcDateTime


class RunRow(SQLModel, table=True):
    """A load burst. `active_session` is empty once it is over, so that a record names nobody."""

    __tablename__: ClassVar[str] = "runs"

    id: str = Field(primary_key=True)
    active_session: str | None = Field(default=None, unique=True)
    ticket_hash: str | None = None
    mode: str
    size: int
    workers: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    summary: str | None = None
    record: str | None = None


class BurstRow(SQLModel, table=True):
    """The row that one write of a burst leaves. `run` refers to no row, for a write need not look its run up."""

    __tablename__: ClassVar[str] = "burst_rows"
    __table_args__ = (PrimaryKeyConstraint("run", "n"),)

    run: str
    n: int
    request_id: str
    at: datetime = Field(sa_type=UtcDateTime)


class PageViewRow(SQLModel, table=True):
    """How often one page was opened on one day; a page is named by its route."""

    __tablename__: ClassVar[str] = "page_views"
    __table_args__ = (PrimaryKeyConstraint("day", "page"),)

    day: date
    page: str
    views: int = Field(sa_type=BigInteger)
