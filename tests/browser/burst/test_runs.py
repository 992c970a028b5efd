"""A recorded run: anybody may open it, and lay it beside another."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, WebSocketRoute, expect
from rich.console import Console

from portfolio_app.app.burst import words
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.http.burst.state import RunsState
from portfolio_app.launcher.burst.ending import Ending
from portfolio_app.launcher.burst.paper import print_ending
from portfolio_app.launcher.burst.sender import Sent
from tests.browser.burst import LONG_MS, expect_receipt, ledger, recorded, start
from tests.browser.test_accessibility import violations
from tests.browser.visitor import ABROAD, SOON_MS, Visitor, expect_in_zone
from tests.browser.witness import Witness
from tests.site import Site

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def names(chromium: Browser, site: Site) -> tuple[str, str]:
    """A run of 20 requests and one of 30, recorded once for all tests that read them."""
    with chromium.new_context(base_url=site.url) as context:
        visitor, recorded_ones = Visitor.arrive(context.new_page(), "/"), []
        for size, mode in ((20, "noop"), (30, "read")):
            start(visitor, size, 4, mode)
            expect(visitor.at("ledger-sent")).to_have_text(str(size), timeout=LONG_MS)
            recorded_ones.append(recorded(visitor))
    return recorded_ones[0], recorded_ones[1]


def download(visitor: Visitor, name: str, folder: Path) -> Path:
    """What the link `name` of a receipt gives."""
    with visitor.page.expect_download() as download:
        visitor.at("burst-receipt").get_by_role("link", name=name, exact=True).click()
    download.value.save_as(folder / download.value.suggested_filename)
    return folder / download.value.suggested_filename


def test_a_recorded_run_opens_for_anybody_beside_another(visit: Visit, names: tuple[str, str]) -> None:
    first, second = names
    small = {"width": 360, "height": 800}
    stranger = visit(f"/runs/{second}", viewport=small, reduced_motion="reduce", timezone_id=ABROAD)
    expect(stranger.at("burst-receipt")).to_be_visible(timeout=SOON_MS)
    assert ledger(stranger, "sent") == "30"
    expect(stranger.page).to_have_title(re.compile(f"Run {second}: Read, 30 requests"))
    stranger.at("run-other").select_option(first)
    expect(stranger.at("comparison").get_by_role("row", name="Requests 30 20")).to_be_visible(timeout=SOON_MS)
    times = stranger.at("comparison").get_by_role("row", name="Started").locator("time")
    for time in (stranger.at("burst-receipt").locator("time"), *times.all()):
        expect_in_zone(time)
    expect(times).to_have_count(2)
    expect(stranger.at("run-other").locator("option:checked")).to_contain_text(
        times.last.text_content() or "?"
    )
    assert violations(stranger) == []
    assert stranger.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    stranger.page.goto(f"/runs/{first}?with={second}")
    expect(stranger.at("comparison").get_by_role("row", name="Requests 20 30")).to_be_visible(timeout=SOON_MS)
    expect(stranger.at("run-other")).to_have_value(second)
    expect(stranger.at("run-other").locator(f"option[value='{first}']")).to_have_count(0)


def without_summaries(message: str | bytes) -> str | bytes:
    """What the server pushes, except for the list of recent runs."""
    head, bracket, body = str(message).partition("[")
    if "runs_state" not in body:
        return message
    event = json.loads(bracket + body)
    event[1]["delta"].pop(RunsState.get_full_name(), None)
    return head + json.dumps(event)


def push_without_summaries(socket: WebSocketRoute) -> None:
    server = socket.connect_to_server()
    server.on_message(lambda message: socket.send(without_summaries(message)))


def test_a_run_is_the_chosen_one_though_the_list_of_runs_never_comes(
    new_context: Callable[..., BrowserContext], names: tuple[str, str]
) -> None:
    context = new_context()
    context.route_web_socket(re.compile("/_event/"), push_without_summaries)
    late = Visitor.arrive(context.new_page(), f"/runs/{names[0]}?with={names[1]}")
    expect(late.at("burst-receipt")).to_be_visible()
    expect(late.at("run-other").locator("option")).to_have_count(2)
    expect(late.at("run-other")).to_have_value(names[1])


def test_a_run_is_downloaded_as_json_and_as_a_page_that_opens_from_disk(
    site: Site, new_context: Callable[..., BrowserContext], tmp_path: Path, names: tuple[str, str]
) -> None:
    context = new_context()
    witness = Witness(context)
    visitor = Visitor.arrive(context.new_page(), f"/runs/{names[0]}")
    record = httpx.get(f"{site.url}/api/runs/{names[0]}").json()
    assert json.loads(download(visitor, "JSON", tmp_path).read_text()) == record
    page = context.new_page()
    page.goto(download(visitor, "HTML", tmp_path).as_uri())
    expect(page.get_by_role("heading", name=f"Run {record['run']}")).to_be_visible()
    expect(page.get_by_role("img", name="How long requests took")).to_be_visible()
    assert witness.complaints == []


def execute(site: Site, *statements: str) -> None:
    """Change the schema of the site's database."""
    with closing(sqlite3.connect(site.data_dir / "portfolio.db", timeout=10)) as database:
        for statement in statements:
            database.execute(statement)


@contextmanager
def unreadable(site: Site, table: str) -> Iterator[None]:
    """A database that can't read a table for a while."""
    broken = f"CREATE VIEW {table} AS SELECT *, no_such_function() FROM elsewhere"
    execute(site, f"ALTER TABLE {table} RENAME TO elsewhere", broken)
    try:
        yield
    finally:
        execute(site, f"DROP VIEW {table}", f"ALTER TABLE elsewhere RENAME TO {table}")


def figures(visitor: Visitor) -> dict[str, str]:
    """Every figure and sentence of the receipt that is shown."""
    names = (
        "ledger-sent",
        "ledger-received",
        "ledger-stored",
        "ledger-pushed",
        "ledger-mismatches",
        "burst-verdict",
        "burst-pace",
    )
    latencies = (*words.COMPARED, "p95", "max", "whole", *words.PARTS)
    measures = (f"burst-{name}" for name in (*latencies, "rps", "elapsed"))
    return {name: visitor.at(name).inner_text() for name in (*names, *measures)}


def test_live_receipt_run_page_file_and_terminal_say_the_same(visit: Visit, site: Site) -> None:
    visitor = visit("/")
    start(visitor, 100, 8, "write")
    expect_receipt(visitor)
    live = figures(visitor)
    record = httpx.get(f"{site.url}/api/runs/{recorded(visitor)}").json()
    stranger = visit(f"/runs/{record['run']}")
    expect(stranger.at("burst-receipt")).to_be_visible(timeout=SOON_MS)
    assert figures(stranger) == live
    assert live["ledger-sent"] == record["shown"]["sent"] == "100"
    stranger.page.goto(f"/api/runs/{record['run']}.html")
    file, terminal = stranger.page.inner_text("main").split(), StringIO()
    plan = Plan.parse(record["size"], record["workers"], record["mode"])
    print_ending(Console(file=terminal, width=120), Ending(Sent(plan, ()), record), site.url)
    for said in (file, terminal.getvalue().split()):
        for name, figure in live.items():
            assert " ".join(figure.split()) in " ".join(said), name


def test_a_run_or_the_one_beside_it_that_can_not_be_read_says_so(
    new_context: Callable[..., BrowserContext], site: Site, names: tuple[str, str]
) -> None:
    visitor = Visitor(new_context().new_page())
    with unreadable(site, "runs"):
        visitor.page.goto(f"/runs/{names[0]}?with={'0' * 16}")
        expect(visitor.page.get_by_role("heading", name="The run could not be read.")).to_be_visible(
            timeout=SOON_MS
        )
        expect(visitor.page.get_by_text("The service can't be reached right now.")).to_be_visible()
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.at("burst-receipt")).to_be_visible(timeout=SOON_MS)
    expect(visitor.at("run-other-error")).to_contain_text("is not recorded here")
    expect(visitor.at("run-other")).to_have_value("")


@pytest.mark.parametrize("name", ["0123456789abcdef", "x", "..%2f..%2fetc"])
def test_a_run_that_is_not_recorded_says_so(visit: Visit, name: str) -> None:
    page = visit(f"/runs/{name}").page
    expect(page.get_by_role("heading", name="No run is recorded here.")).to_be_visible()
    expect(page).to_have_title(re.compile("^Not found – "))
