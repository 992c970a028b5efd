"""Built pages learn their address when they are served."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import reflex as rx
from reflex.utils.precompressed_staticfiles import PrecompressedStaticFiles
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from portfolio_app.app.errors import NotFound, Unavailable
from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.build.head import document_of, with_words
from portfolio_app.http.kit.head import PLACEHOLDER, absolute, with_origin
from portfolio_app.http.kit.page import Page
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import SCOPE_KEY, Visitor
from portfolio_app.http.transport.middleware.documents import Documents
from portfolio_app.http.transport.routing import RouteNames
from tests.fakes.live_feed import FakeLiveFeed, rows
from tests.unit.http.site import FakeSite

URL = "https://you.example"
FEED = FakeLiveFeed()


OWNER = Visitor("127.0.0.1", "a" * 32, SessionSecret.generate())


async def find(run: str, session_id: str) -> None:
    """Nothing can be read of `e…`, `f…` is not there, and `d…` only for its owner."""
    if run.startswith("e"):
        raise Unavailable
    if run.startswith("f") or (run.startswith("d") and session_id != OWNER.session_id):
        raise NotFound("There is no such run.")


PAGE = Page(
    route="/runs/[run]",
    title="A run",
    description="One of many.",
    build=rx.fragment,
    parameter="[0-9a-f]{16}",
    scriptless="/api/runs/{}.html",
    find=find,
)


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[Path]:
    for name in ("index.html", "work/index.html", "work/note-g.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f'<link rel="canonical" href="{PLACEHOLDER}/{name}">é')
    (tmp_path / "404.html").write_text("nothing to fill in")
    FakeSite(live_feed=FEED).install(documents=tmp_path, public_url=URL)
    yield tmp_path
    runtime.uninstall()


async def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(
        Documents(
            PlainTextResponse("from elsewhere"),
            lambda path: document_of([PAGE], path),
            RouteNames(["/work", PAGE.route]).spelled,
        )
    )
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        return await client.request(method, path, headers={"accept-encoding": "identity"} | headers)


@pytest.mark.parametrize("path", ["/", "/index.html", "/work", "/work/", "/work/note-g", "/work/note-g.html"])
async def test_a_page_names_the_origin_it_is_served_from(documents: Path, path: str) -> None:
    answer = await ask(path)
    assert f'href="{URL}/' in answer.text
    assert PLACEHOLDER not in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_who_takes_gzip_gets_the_same_page(documents: Path) -> None:
    plain, packed = await ask("/work"), await ask("/work", **{"accept-encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, mtime=0))


def visited_by(visitor: Visitor) -> httpx.AsyncClient:
    served = Documents(PlainTextResponse("from elsewhere"), lambda path: document_of([PAGE], path))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await served({**scope, SCOPE_KEY: visitor}, receive, send)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL)


async def test_a_page_is_told_before_it_paints_whether_its_log_has_rows_already(documents: Path) -> None:
    visitor = Visitor("127.0.0.1", "a" * 32, SessionSecret.generate())
    async with visited_by(visitor) as client:
        first = (await client.get("/work")).headers["server-timing"]
        FEED.keep(visitor.session_id, rows(1, 3))
        answer = await client.get("/work")
        again = await client.get("/work", headers={"if-none-match": answer.headers["etag"]})
    assert "rows" not in first
    assert (
        answer.headers["server-timing"]
        == again.headers["server-timing"]
        == f'trace;desc="{"a" * 32}", rows;desc="0"'
    )


async def test_a_visitors_page_names_its_trace_and_is_kept_for_its_waterfall(documents: Path) -> None:
    visitor = Visitor("127.0.0.1", "a" * 32, SessionSecret.generate(), is_new=True)
    async with visited_by(visitor) as client:
        answer = await client.get("/")
        assert "server-timing" not in (await client.get("/app.js")).headers
    assert answer.headers["server-timing"] == f'trace;desc="{"a" * 32}"'
    kept = runtime.current().arrivals.document(visitor.session_id, "a" * 32)
    assert kept is not None
    assert kept.end_ns >= kept.start_ns > 0
    assert (kept.path, kept.status, kept.size) == ("/", 200, int(answer.headers["content-length"]))


async def test_who_has_the_page_is_told_so(documents: Path) -> None:
    etag = (await ask("/work")).headers["etag"]
    again = await ask("/work", **{"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_page_with_a_parameter_leads_readers_without_a_script_to_the_same_in_words(
    documents: Path,
) -> None:
    (documents / "404.html").write_text(with_words("<head></head><body></body>"))
    run = "0123456789abcdef"
    answer = await ask(f"/runs/{run}")
    assert answer.status_code == 200
    assert f"url=/api/runs/{run}.html" in answer.text
    assert f'content="{URL}/runs/{run}"' in answer.text
    assert answer.text.count("<title>") == 1
    assert f"<title>A run {run} – " in answer.text
    assert "Reading the page…" in answer.text
    assert "Nothing at this address." not in answer.text


def test_an_address_that_no_build_knows_says_so_before_its_script_does() -> None:
    words = with_words("<head></head><body></body>")
    assert "<title>Not found – " in words
    assert 'aria-level="1">Nothing at this address.<' in words
    assert "noscript" not in words
    assert "<h1" not in words


@pytest.mark.parametrize("name", ["0123456789abcdeF", "0123456789abcde%22%3E", "nope", "ffffffffffffffff"])
async def test_a_page_about_nothing_is_not_found(documents: Path, name: str) -> None:
    (documents / "404.html").write_text(with_words("<head></head><body></body>"))
    answer = await ask(f"/runs/{name}")
    again = await ask(f"/runs/{name}", **{"if-none-match": answer.headers["etag"]})
    assert (answer.status_code, again.status_code) == (404, 404)
    assert "<title>Not found – " in answer.text
    assert name.startswith("f") or "http-equiv" not in answer.text


async def test_an_address_in_other_letters_leads_to_the_page_that_the_browser_would_draw(
    documents: Path,
) -> None:
    run = "0123456789abcdef"
    asked = {
        "/Work": "/work",
        "/WORK/?a=B%20c": "/work?a=B%20c",
        f"/Runs/{run}": f"/runs/{run}",
        "/RUNS/%0D%3F": "/runs/%0D%3F",
    }
    for path, spelled in asked.items():
        answer = await ask(path)
        assert (answer.status_code, answer.headers["location"]) == (308, spelled)
        assert (await ask(path, "POST")).text == "from elsewhere"
    for path in ("/wörk", "/works", "/work%0A"):
        assert (await ask(path)).text == "from elsewhere", path
    assert (await ask(f"/runs/{run.upper()}")).status_code == 404


async def test_what_one_visitor_may_see_is_not_found_for_another(documents: Path) -> None:
    (documents / "404.html").write_text(with_words("<head></head><body></body>"))
    other = Visitor("127.0.0.1", "a" * 32, SessionSecret.generate())
    for visitor, status in ((OWNER, 200), (other, 404)):
        async with visited_by(visitor) as client:
            assert (await client.get(f"/runs/{'d' * 16}")).status_code == status
    assert (await ask(f"/runs/{'d' * 16}")).status_code == 404


async def test_what_can_not_be_looked_up_is_not_called_missing(documents: Path) -> None:
    (documents / "404.html").write_text(with_words("<head></head><body></body>"))
    assert (await ask(f"/runs/{'e' * 16}")).status_code == 200


@pytest.mark.parametrize("path", ["/sw.js", "/", "/assets/worker.js"])
async def test_a_service_worker_of_another_site_ends_itself(documents: Path, path: str) -> None:
    answer = await ask(path, **{"service-worker": "script"})
    assert "registration.unregister()" in answer.text
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/404", "/nowhere", "/work/note-h", "/assets/app.js"])
async def test_everything_else_is_left_to_the_static_files(documents: Path, path: str) -> None:
    assert (await ask(path)).text == "from elsewhere"


async def test_an_effect_is_never_answered_with_a_page(documents: Path) -> None:
    assert (await ask("/work", "POST")).text == "from elsewhere"


def test_the_browser_draws_what_was_served() -> None:
    assert str(absolute("/x")).startswith("((globalThis.location?.origin ?? ")
    assert f'replaceAll("{PLACEHOLDER}"' in str(with_origin("text"))


@pytest.mark.parametrize("path", ["/nothing", "/work/note-h", "/assets/none.js"])
async def test_what_is_missing_is_so_whatever_its_reader_has(documents: Path, path: str) -> None:
    (documents / "robots.txt").write_text("")
    files = PrecompressedStaticFiles(directory=documents, html=True, encodings=("gzip",))
    transport = httpx.ASGITransport(Documents(files, lambda _: None))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        tag = (await client.get("/nothing")).headers["etag"]
        later = "Fri, 01 Jan 2100 00:00:00 GMT"
        for known in ({"if-none-match": "*"}, {"if-none-match": tag}, {"if-modified-since": later}):
            assert (await client.get(path, headers=known)).status_code == 404
        assert (await client.get("/robots.txt", headers={"if-none-match": "*"})).status_code == 304


async def test_a_range_of_something_else_than_bytes_is_none(documents: Path) -> None:
    (documents / "robots.txt").write_text("hello")
    files = PrecompressedStaticFiles(directory=documents, html=True, encodings=("gzip",))
    transport = httpx.ASGITransport(Documents(files, lambda _: None))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        for asked, found in (("items=0-1", (200, "hello")), ("", (200, "hello")), ("bytes=0-1", (206, "he"))):
            answer = await client.get("/robots.txt", headers={"range": asked})
            assert (answer.status_code, answer.text) == found


async def test_what_is_missing_or_changes_with_the_words_is_asked_for_again(documents: Path) -> None:
    for name in ("search.json", "icon.svg"):
        (documents / name).write_text("{}")
    files = PrecompressedStaticFiles(directory=documents, html=True, encodings=("gzip",))
    transport = httpx.ASGITransport(Documents(files, lambda _: None))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        kept = [
            ((answer := await client.get(path)).status_code, answer.headers.get("cache-control"))
            for path in ("/nothing", "/assets/none.js", "/search.json", "/icon.svg")
        ]
    assert kept == [*[(404, "no-cache")] * 2, (200, "no-cache"), (200, None)]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/work/%2e", "/work/"),
        ("/x%2f..%2fwork", "/work/"),
        ("//evil.example%2f..?//evil.example", "/?//evil.example"),
        ("//evil.example%2f..%2fwork", "/work/"),
    ],
    ids=["a dot", "a way up", "a host", "a host and a way up"],
)
async def test_an_odd_path_to_a_folder_leads_to_it_on_the_same_host(
    documents: Path, path: str, location: str
) -> None:
    """Not on the one that the request names, nor on one in the path."""
    site = Documents(PrecompressedStaticFiles(directory=documents, html=True), lambda _: None)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(site), base_url="http://evil.example"
    ) as client:
        answer = await client.get(f"http://evil.example{path}")
    assert (answer.status_code, answer.headers["location"]) == (307, location)
