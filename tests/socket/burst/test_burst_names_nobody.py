"""What anybody reads of a run says nothing of who ran it."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from portfolio_app.domain.account.session import session_handle, visitor_tag
from tests.site import Site
from tests.socket.burst import burst, fields, trace_arrived
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server


def session_of(site: Site, run: str) -> str:
    """The session that the database names while the run is under way."""
    with closing(sqlite3.connect(site.data_dir / "portfolio.db")) as database:
        query = "SELECT active_session FROM runs WHERE id = ?"
        return str(database.execute(query, (run,)).fetchone()[0])


def words_of(value: Any) -> Iterator[str]:
    """Every word of every text in JSON."""
    if isinstance(value, str):
        yield from re.findall(r"\w+", value)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from words_of(inner)


async def test_the_record_of_a_signed_in_visitor_names_nobody(site: Site, visitor: Visitor) -> None:
    name = await visitor.register()
    async with burst(visitor, mode="write") as sender:
        session = session_of(site, sender.run)
        answers = [await sender.send(n) for n in range(10)]
        await sender.report(map(fields, range(10), answers))
        await trace_arrived(visitor, answers[-1].headers["x-request-id"])
        assert (await sender.finish(10)).json()["slowest"][0]["trace"]["spans"]
    assert session_of(site, sender.run) == "None"

    async with httpx.AsyncClient(base_url=site.url) as anybody:
        record = await anybody.get(f"/api/runs/{sender.run}")
        page = await anybody.get(f"/api/runs/{sender.run}.html")
        recent = await anybody.get("/api/runs")
    personal = (
        *(name, f"{name}@example.org", session, session_handle(session)),
        *(sender.ticket.partition(".")[2], str(visitor.cookie).partition("=")[2]),
        visitor.proxy["x-forwarded-for"],
    )
    for text in (record.text, page.text, recent.text):
        assert [known for known in personal if known in text] == []
    # Four digits may be part of any id, so that they are looked for as a word.
    assert visitor_tag(session) not in {*words_of(json.loads(record.text))}
