"""The feed, the sitemap and robots.txt, read as a machine reads them."""

import json
import re
from dataclasses import replace
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


def test_the_json_feed_says_the_same_with_whole_addresses(content: Content) -> None:
    feed = crawlers.json_feed(content, ORIGIN)
    assert (feed["version"], feed["feed_url"]) == ("https://jsonfeed.org/version/1.1", f"{ORIGIN}/feed.json")
    assert [item["title"] for item in feed["items"]] == ["Note H & <I>", "Note G"]
    assert feed["items"][1]["url"] == f"{ORIGIN}/work/note-g"
    html = '<a href="/work">/work, "/x"</a><img src="/pictures/a.webp" srcset="/p/a 1w, /p/b 2w">'
    (article, *_) = content.work
    shown = crawlers.Feed("t", "/", "/feed", [replace(article, html=html)])
    (item,) = crawlers.json_feed(content, ORIGIN, shown)["items"]
    assert item["content_html"] == (
        f'<a href="{ORIGIN}/work">/work, "/x"</a>'
        f'<img src="{ORIGIN}/pictures/a.webp" srcset="{ORIGIN}/p/a 1w, {ORIGIN}/p/b 2w">'
    )


def test_a_feed_shows_one_of_two_pictures(content: Content) -> None:
    html = '<picture data-shown-in="light">a</picture><picture data-shown-in="dark">b</picture>'
    feed = crawlers.Feed("t", "/", "/feed", [replace(content.work[0], html=html)])
    shown = ET.fromstring(crawlers.atom(content, ORIGIN, feed)).findtext(f"{ATOM}entry/{ATOM}content")
    assert shown == '<picture data-shown-in="light">a</picture>'


def test_thirty_articles_of_a_thousand_words_make_an_index_of_thirty_kilobytes(content: Content) -> None:
    words = [f"{stem}{ending}" for stem in ("engine", "großeß", "歯車") for ending in range(400)]
    long = [
        replace(content.work[0], slug=f"n{n}", html=f"<p>{' '.join(words)} only{n}x &amp; <b>common</b></p>")
        for n in range(30)
    ]
    index = crawlers.search_index([], long)
    assert len(index) <= 30_000
    found = json.loads(index)
    assert all(f"only{n}x" in found[n][3].split() for n in range(30)), "what one page alone has comes first"
    assert not re.search("[<>&]", index.decode())


def test_the_index_has_the_other_pages_too_and_no_article_twice(content: Content) -> None:
    pages = [("/chat", "Chat", "A room."), ("/work/note-g", "Note G", "again")]
    found = json.loads(crawlers.search_index(pages, content.articles))
    assert [entry[0] for entry in found] == ["/work/note-g", "/writing/note-h", "/chat"]
    assert {"numbers", "operations", "thing"} <= set(found[0][3].split())


def test_the_index_has_words_with_their_marks_and_emoji(content: Content) -> None:
    article = replace(content.work[0], html="<p>हिन्दी, ที่นี่; snake_case (party🎉)</p>")
    [entry] = json.loads(crawlers.search_index([], [article]))
    assert {"हिन्दी", "ที่นี่", "snake", "case", "party🎉"} <= set(entry[3].split())
