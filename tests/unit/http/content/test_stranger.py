"""Somebody else's words take the place of all of the owner's, on every page."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portfolio_app.http.build import pictures
from portfolio_app.http.build.head import description_of, head_of, title_of
from portfolio_app.http.content import crawlers, loader
from portfolio_app.http.content.model import Content
from portfolio_app.http.frame import ERROR, NOT_FOUND, boundary, framed
from portfolio_app.http.site import all_pages, nav_entries
from tests.unit.http.content import stranger

ORIGIN = "https://ada.example"
TELLING = 24
"""Characters from which on a text can't be anybody's by chance."""


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    loader.content.cache_clear()
    yield
    loader.content.cache_clear()


def rendered() -> str:
    """Everything that is made of the content: pages with their heads, feed and manifest."""
    pages = (*all_pages(), NOT_FOUND, ERROR)
    trees: list[Any] = [framed(page.build(), nav=nav_entries()).render() for page in pages]
    trees += [tag.render() for page in pages for tag in head_of(page)]
    trees += [boundary(True).render()]
    trees += [[title_of(page), description_of(page)] for page in pages]
    trees += [crawlers.atom(loader.content(), ORIGIN).decode(), pictures.manifest(loader.content().profile)]
    return plain(str(trees))


def plain(text: str) -> str:
    """Letters and digits only: quotes and backslashes are written in many ways."""
    text = re.sub(r"\\+u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"&\w+;|&#\w+;|<[^>]*>|\\+n", " ", text)
    return " ".join(re.findall(r"\w+", text))


def words_of(content: Content) -> set[str]:
    """Every text of the content, and every line of its articles."""
    texts = set(
        re.findall(r'"((?:[^"\\]|\\.)*)"', json.dumps(content.profile.model_dump(), ensure_ascii=False))
    )
    texts -= set(type(content.profile).model_fields)
    for article in content.articles:
        texts |= {article.front.title, article.front.summary, *article.html.splitlines()}
    return {plain(text) for text in texts}


def test_a_strangers_content_leaves_no_word_of_the_owners_on_any_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = loader.content()
    owner = {plain(found.profile.name), *(words for words in words_of(found) if len(words) >= TELLING)}
    before = rendered()
    assert [words for words in owner if words not in before] == []

    loader.content.cache_clear()
    monkeypatch.setenv("CONTENT_DIR", str(stranger.write(tmp_path / "content")))
    after, said = rendered(), words_of(loader.content())
    assert [words for words in owner - said if f" {words} " in f" {after} "] == []
    for words in ("Ada s desk", "I weave algebra", "Bernoulli numbers by machine", "Translator"):
        assert words in after


def test_every_text_of_an_owner_comes_and_goes_with_their_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENT_DIR", str(stranger.write_marked(tmp_path / "marked")))
    texts = {words for words in words_of(loader.content()) if stranger.MARK in words}
    before = rendered()
    assert len(texts) > 15
    assert [words for words in texts if words not in before] == []

    loader.content.cache_clear()
    monkeypatch.setenv("CONTENT_DIR", str(stranger.write(tmp_path / "content")))
    assert stranger.MARK not in rendered()


@pytest.fixture(scope="module")
def scripts_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty articles and twelve projects in Japanese, Arabic and German."""
    return stranger.write_in_scripts(tmp_path_factory.mktemp("scripts") / "content")


@pytest.fixture
def in_scripts(scripts_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Content:
    """The same, read."""
    monkeypatch.setenv("CONTENT_DIR", str(scripts_folder))
    return loader.content()


def test_a_site_in_three_scripts_is_read_fed_searched_and_mapped(in_scripts: Content) -> None:
    pages = all_pages()
    assert (len(in_scripts.writing), len(in_scripts.work)) == (30, 12)
    assert [picture.dark is not None for picture in in_scripts.work[0].pictures] == [True, True]

    feed = ET.fromstring(crawlers.atom(in_scripts, ORIGIN))
    xml_lang = "{http://www.w3.org/XML/1998/namespace}lang"
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert feed.get(xml_lang) == "de"
    assert {entry.get(xml_lang) for entry in entries} == set(stranger.LANGUAGES)
    assert {item["language"] for item in crawlers.json_feed(in_scripts, ORIGIN)["items"]} == set(
        stranger.LANGUAGES
    )
    tags = {page.route for page in pages if page.route.startswith("/writing/tag/")}
    assert len(tags) == 4
    assert all(route.isascii() for route in tags)

    listed = [page.route for page in pages if page.listed]
    sitemap = ET.fromstring(crawlers.sitemap([(route, None) for route in listed], ORIGIN))
    assert len(sitemap) == len(listed) > 42


def test_the_search_index_of_a_site_in_three_scripts_is_small(in_scripts: Content) -> None:
    index = crawlers.search_index(named(), in_scripts.articles)
    assert len(index) <= 30_000
    found = json.loads(index)
    for words in (stranger.TAGS["ja"], stranger.TAGS["ar"], stranger.TAGS["de"].lower()):
        assert any(words in entry[3].split() for entry in found), words


def named() -> list[tuple[str, str, str]]:
    """Every page as the build puts it into the index."""
    return [(page.route, title_of(page), description_of(page)) for page in all_pages() if page.listed]


def test_texts_carry_their_language_and_direction(in_scripts: Content) -> None:
    page = next(page for page in all_pages() if page.route == "/writing/n1")
    shown = str(page.build().render())
    assert in_scripts.writing[0].front.lang in stranger.LANGUAGES
    assert shown.count('lang:"ar"') >= 3
    assert shown.count('dir:"rtl"') >= 3
    assert "Inhalt" in shown
    assert "15. " in shown
