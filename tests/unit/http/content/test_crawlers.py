"""The feed, the sitemap and robots.txt, read as a machine reads them."""

from datetime import date
from pathlib import Path
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest

from portfolio_app.http.content import crawlers
from portfolio_app.http.content.loader import read
from portfolio_app.http.content.model import Content
from tests.unit.http.content import stranger

ORIGIN = "https://ada.example"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def content(tmp_path: Path) -> Content:
    folder = stranger.write(tmp_path / "content")
    later = stranger.ARTICLE.replace("1843-09-01", "1850-01-01").replace("Note G", "Note H & <I>")
    (folder / "writing" / "note-h.md").write_text(later)
    return read(folder)


def test_the_feed_holds_what_atom_asks_for(content: Content) -> None:
    root = ET.fromstring(crawlers.atom(content, ORIGIN))
    assert root.tag == f"{ATOM}feed"
    for parent in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{ATOM}{name}")) == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Ada Stranger"
    assert root.findtext(f"{ATOM}updated") == "1850-01-01T12:00:00Z"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {"self": f"{ORIGIN}/feed.xml", "alternate": f"{ORIGIN}/"}


def test_the_feed_has_every_article_in_full_newest_first(content: Content) -> None:
    entries = list(ET.fromstring(crawlers.atom(content, ORIGIN)).iter(f"{ATOM}entry"))
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Note H & <I>", "Note G"]
    assert entries[1].findtext(f"{ATOM}id") == f"{ORIGIN}/work/note-g"
    body = entries[1].find(f"{ATOM}content")
    assert body is not None
    assert body.get("type") == "html"
    assert body.text == content.work[0].html


def test_the_sitemap_names_pages_and_the_days_they_changed() -> None:
    text = crawlers.sitemap([("/", None), ("/work/note-g", date(1843, 9, 1))], ORIGIN)
    found = [
        (url.findtext(f"{SITEMAP}loc"), url.findtext(f"{SITEMAP}lastmod"))
        for url in ET.fromstring(text).iter(f"{SITEMAP}url")
    ]
    assert found == [(f"{ORIGIN}/", None), (f"{ORIGIN}/work/note-g", "1843-09-01")]


def test_crawlers_may_read_pages_and_nothing_else() -> None:
    parser = RobotFileParser()
    parser.parse(crawlers.robots(ORIGIN).splitlines())
    assert parser.can_fetch("*", f"{ORIGIN}/work")
    assert not parser.can_fetch("*", f"{ORIGIN}/api/stream")
    assert parser.site_maps() == [f"{ORIGIN}/sitemap.xml"]
