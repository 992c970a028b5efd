"""Tags, years and feeds lead to every article."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from starlette.applications import Starlette

from portfolio_app.http.content import loader
from portfolio_app.http.content.model import ContentError, address_of
from portfolio_app.http.site import all_pages
from portfolio_app.http.transport import runtime
from portfolio_app.http.writing import FEATURE
from portfolio_app.http.writing.pages import archive_list, tagged
from portfolio_app.http.writing.routes import routes
from tests.unit.http.content import stranger

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = stranger.write(tmp_path / "content")
    for slug, tags, day in (("later", '"SQL", "C++"', "1850-01-01"), ("both", '"sql", "日本"', "1850-02-01")):
        text = stranger.ARTICLE.replace('"numbers"', tags).replace("1843-09-01", day).replace("Note G", slug)
        (folder / "writing" / f"{slug}.md").write_text(text, encoding="utf-8")
    monkeypatch.setenv("CONTENT_DIR", str(folder))
    loader.content.cache_clear()
    yield folder
    loader.content.cache_clear()


@pytest.mark.parametrize(
    ("tag", "address"),
    [("SQL", "sql"), ("C++", "cplusplus"), ("C#", "csharp"), ("x y/..", "x-y"), ("日本", "xn--wgv71a")],
)
def test_a_tag_has_a_plain_address(tag: str, address: str) -> None:
    assert address_of(tag) == address


def test_a_tag_without_letters_is_refused_by_its_line(folder: Path) -> None:
    article = folder / "work" / "note-g.md"
    article.write_text(stranger.ARTICLE.replace("numbers", "!?"))
    with pytest.raises(ContentError, match=r"note-g\.md:5: tags\.0: has no letter or digit"):
        loader.read(folder)


@pytest.mark.parametrize("slug", ["archive", "tag"])
def test_an_article_at_the_address_of_another_page_is_refused(folder: Path, slug: str) -> None:
    (folder / "writing" / f"{slug}.md").write_text(stranger.ARTICLE)
    with pytest.raises(ContentError, match=rf"writing/{slug}\.md:1: /writing/{slug} is another page"):
        loader.read(folder)


def test_each_tag_has_its_articles_newest_first_whatever_its_case(folder: Path) -> None:
    tags = {tag.address: tag for tag in tagged(loader.content().articles)}
    assert [article.slug for article in tags["sql"].articles] == ["both", "later"]
    assert sorted(tags) == ["cplusplus", "numbers", "sql", "xn--wgv71a"]
    pages = {page.route: page for page in FEATURE.pages()}
    for tag in tags.values():
        assert tag.path in pages
        assert not pages[tag.path].listed
    shown = str(pages["/writing/tag/sql"].build().render())
    assert "/writing/tag/sql/feed.xml" in shown


def test_the_archive_has_every_article_under_its_year(folder: Path) -> None:
    shown = str(archive_list("All.", loader.content().articles).render())
    places = [
        shown.index(f'"{words}"')
        for words in ("1850", "/writing/both", "/writing/later", "1843", "/work/note-g")
    ]
    assert places == sorted(places)


def test_no_two_pages_have_the_same_address(folder: Path) -> None:
    routes = [page.route for page in all_pages()]
    assert len(routes) == len(set(routes))


async def test_every_feed_answers_with_its_own_articles(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Options:
        public_url = "https://ada.example"

    monkeypatch.setattr(runtime, "options", Options)
    transport = httpx.ASGITransport(Starlette(routes=routes()))
    browser = httpx.AsyncClient(transport=transport, base_url="http://site.example")
    for path, titles in {
        "/feed": ["both", "later", "Note G"],
        "/work/feed": ["Note G"],
        "/writing/feed": ["both", "later"],
        "/writing/tag/sql/feed": ["both", "later"],
        "/writing/tag/xn--wgv71a/feed": ["both"],
    }.items():
        atom, listed = await browser.get(f"{path}.xml"), await browser.get(f"{path}.json")
        entries = ET.fromstring(atom.content).findall(f"{ATOM}entry/{ATOM}title")
        assert [entry.text for entry in entries] == titles
        assert [item["title"] for item in listed.json()["items"]] == titles
        assert listed.headers["content-type"].startswith("application/feed+json")
        assert listed.json()["feed_url"] == f"https://ada.example{path}.json"
    resume = (await browser.get("/resume.json")).json()
    assert (resume["basics"]["name"], resume["basics"]["url"]) == ("Ada Stranger", "https://ada.example")
    for tag in ("nothing", "%2e%2e"):
        assert (await browser.get(f"/writing/tag/{tag}/feed.xml")).status_code == 404
