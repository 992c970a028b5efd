"""Somebody else's words take the place of all of the owner's, on every page."""

import json
import re
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
