"""Files that are named by their content: of this build from memory, of earlier ones from where they are kept."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from portfolio_app.http.transport import headers, runtime
from portfolio_app.http.transport.middleware import documents
from portfolio_app.http.transport.middleware.documents import KeptFiles
from portfolio_app.infra.build_files import BuildFiles
from tests.unit.http.site import FakeSite

SCRIPT = b"export const page = 1"
URL = "https://you.example"


async def found(_: object) -> PlainTextResponse:
    return PlainTextResponse("from elsewhere")


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Path]:
    """A build with a script and its compressed copies, and a picture."""
    for folder in ("assets", "pictures"):
        (tmp_path / folder).mkdir()
    for ending, text in {"": SCRIPT, ".br": b"by brotli", ".gz": gzip.compress(SCRIPT)}.items():
        (tmp_path / f"assets/a-1f2e.js{ending}").write_bytes(text)
    (tmp_path / "assets/small-3c4d.css").write_bytes(b"p {}")
    (tmp_path / "pictures/p-5e6f.webp").write_bytes(b"")
    FakeSite().install(documents=tmp_path, public_url=URL)
    yield tmp_path
    runtime.uninstall()


@pytest.fixture
async def site() -> httpx.AsyncClient:
    """The files in front of a site that has them, too."""
    paths = ("/assets/a-1f2e.js", "/assets/small-3c4d.css", "/pictures/p-5e6f.webp", "/")
    behind = Starlette(routes=[Route(path, found, methods=["GET", "POST"]) for path in paths])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=KeptFiles(behind)), base_url="http://site")


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/assets/a-1f2e.js", True), ("/pictures/p-5e6f.webp", True), ("/assets/gone.js", False), ("/", False)],
)
async def test_only_a_file_that_is_named_by_its_content_is_kept(
    build: Path, site: httpx.AsyncClient, path: str, kept: bool
) -> None:
    answer = await site.get(path)
    assert ("immutable" in answer.headers.get("cache-control", "")) is kept


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, br;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("*", "br"),
        ("*;q=0.2, br;q=0", "gzip"),
        ("br;q=0, gzip;q=0.000", ""),
        ("br;q=much", ""),
        ("identity", ""),
        ("", ""),
    ],
)
async def test_a_reader_gets_the_copy_that_it_likes_best(
    build: Path, site: httpx.AsyncClient, accepted: str, sent: str
) -> None:
    request = site.build_request("GET", "/assets/a-1f2e.js", headers={"accept-encoding": accepted})
    answer = await site.send(request, stream=True)
    raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding", "") == sent
    assert raw == {"": SCRIPT, "br": b"by brotli", "gzip": gzip.compress(SCRIPT)}[sent]
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"


async def test_a_file_is_read_once_and_not_sent_to_who_has_it(build: Path, site: httpx.AsyncClient) -> None:
    encoding = {"accept-encoding": "br"}
    first = await site.get("/assets/small-3c4d.css", headers=encoding)
    (build / "assets/small-3c4d.css").write_text("another")
    again = await site.get("/assets/small-3c4d.css", headers=encoding)
    known = await site.get(
        "/assets/small-3c4d.css", headers=encoding | {"if-none-match": first.headers["etag"]}
    )
    assert (first.text, again.text) == ("p {}", "p {}")
    assert (known.status_code, known.text, known.headers["etag"]) == (304, "", first.headers["etag"])
    anything = await site.get("/assets/small-3c4d.css", headers=encoding | {"if-none-match": "*"})
    assert anything.status_code == 304


async def test_copies_have_tags_of_their_own(build: Path, site: httpx.AsyncClient) -> None:
    answers = [
        await site.head("/assets/a-1f2e.js", headers={"accept-encoding": name})
        for name in ("gzip", "identity")
    ]
    assert len({answer.headers["etag"] for answer in answers}) == 2


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/assets/a-1f2e.js", {"range": "bytes=0-3"}),
        ("GET", "/assets/a-1f2e.js", {"service-worker": "script"}),
        ("POST", "/assets/a-1f2e.js", {}),
        ("GET", "/pictures/p-5e6f.webp", {}),
    ],
)
async def test_everything_else_is_left_to_who_is_behind(
    build: Path, site: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    assert (await site.request(method, path, headers=headers)).text == "from elsewhere"


async def test_a_large_copy_is_left_to_who_sends_it_in_parts(
    build: Path, site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_LARGEST", len(SCRIPT) - 1)
    whole = await site.get("/assets/a-1f2e.js", headers={"accept-encoding": "identity"})
    assert whole.text == "from elsewhere"
    async with site.stream("GET", "/assets/a-1f2e.js", headers={"accept-encoding": "br"}) as small:
        assert small.headers["content-encoding"] == "br"


async def test_no_more_of_a_long_header_is_read_or_kept(build: Path, site: httpx.AsyncClient) -> None:
    headers._accepted.cache_clear()
    for number in range(3):
        accepted = f"gzip, {'x' * 300}{number}, br"
        answer = await site.get("/assets/a-1f2e.js", headers={"accept-encoding": accepted})
        assert answer.headers["content-encoding"] == "gzip"
    assert headers._accepted.cache_info().currsize == 1


async def test_a_tab_of_an_earlier_build_still_finds_its_files(tmp_path: Path) -> None:
    old, new, files = tmp_path / "old", tmp_path / "new", BuildFiles(tmp_path / "builds")
    for folder in (old, new):
        (folder / "assets").mkdir(parents=True)
        (folder / "assets" / f"page-{folder.name}.js").write_text("export {}")
    (old / "assets/page-old.js.gz").write_bytes(gzip.compress(b"export {}"))
    (tmp_path / "secret.js").write_text("no file of a build")
    files.keep(old)
    files.keep(new)
    (tmp_path / "builds/assets/linked.js").symlink_to(tmp_path / "secret.js")
    FakeSite().install(documents=new, public_url=URL, build_file=files.read)
    transport = httpx.ASGITransport(app=KeptFiles(PlainTextResponse("from elsewhere")))
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as site:
        for encoding in ("identity", "br, gzip"):
            answer = await site.get("/assets/page-old.js", headers={"accept-encoding": encoding})
            assert (answer.status_code, answer.text) == (200, "export {}")
            assert answer.headers.get("content-encoding", "identity") in encoding
            assert "javascript" in answer.headers["content-type"]
            assert "vary" in answer.headers
        assert (await site.get("/assets/page-new.js")).text == "export {}"
        for path in (
            "/assets/none.js",
            "/assets/linked.js",
            "/assets/..%2f..%2f..%2f..%2fsecret.js",
            f"/assets/{tmp_path}/secret.js",
            f"/assets/{'n' * 300}.js",
            "/assets/none%00.js",
            "/assets/*",
            "/assets/",
        ):
            assert (await site.get(path)).text == "from elsewhere"
    runtime.uninstall()
