"""The page says every heading and sentence of the seed, or what the list of wordings has in its place."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from portfolio_app.http.content.loader import content
from tests.browser.visitor import SOON_MS, Visitor
from tests.browser.words import words
from tests.seed.wording import adapted, anywhere, seed, word_for_word, wordings
from tests.site import Site

pytestmark = pytest.mark.sections(
    "stats", "burst", "live", "capabilities", "attacks", "highlights", "patterns"
)


@pytest.fixture(scope="module")
def page(site: Site) -> str:
    """What `/` says without JavaScript."""
    return words(httpx.get(site.url).text)


def test_every_adapted_wording_is_of_the_seed() -> None:
    text = seed()
    assert [wording.seed for wording in wordings() if not re.search(anywhere(wording.seed), text)] == []


def test_what_is_not_adapted_is_on_the_page_word_for_word(page: str) -> None:
    expected = word_for_word()
    assert len(expected) > 20
    assert [sentence for sentence in expected if sentence not in page] == []


def test_adapted_wordings_and_the_profiles_own_words_are_on_the_page(page: str) -> None:
    assert [text for text in adapted(content().profile) if " ".join(text.split()) not in page] == []


def test_live_wordings_are_on_the_connected_page(visit: Callable[..., Visitor]) -> None:
    main = visit("/").page.locator("main")
    for wording in wordings():
        for live in wording.page if wording.live else ():
            expect(main).to_contain_text(live, timeout=SOON_MS)
