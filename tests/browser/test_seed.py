"""The page says every heading and sentence of the seed, or what the list of wordings has in its place."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.visitor import SOON_MS, Visitor
from tests.browser.words import words
from tests.site import Site

FOLDER = Path(__file__).parents[1] / "seed"


@dataclass(frozen=True)
class Wording:
    """`page` stands for `seed`; `live` words come with the connection."""

    seed: str
    page: tuple[str, ...]
    live: bool


def _seed() -> str:
    return (FOLDER / "seed.txt").read_text()


def _anywhere(text: str) -> str:
    """A pattern for `text`, wherever its lines break."""
    return r"\s+".join(map(re.escape, text.split()))


def _wordings() -> list[Wording]:
    listed = tomllib.loads((FOLDER / "wording.toml").read_text())["adapted"]
    assert all(entry["reason"] for entry in listed)
    return [Wording(entry["seed"], tuple(entry["page"]), entry.get("live", False)) for entry in listed]


def _word_for_word() -> list[str]:
    """The lines and sentences of the seed without what is worded otherwise."""
    seed = _seed()
    for wording in _wordings():
        seed = re.sub(_anywhere(wording.seed), "\n", seed)
    return sorted(
        {part for line in seed.splitlines() for part in re.split(r"(?<=[.])\s", line.strip()) if part}
    )


@pytest.fixture(scope="module")
def page(site: Site) -> str:
    """What `/` says without JavaScript."""
    return words(httpx.get(site.url).text)


def test_every_adapted_wording_is_of_the_seed() -> None:
    seed = _seed()
    assert [wording.seed for wording in _wordings() if not re.search(_anywhere(wording.seed), seed)] == []


def test_what_is_not_adapted_is_on_the_page_word_for_word(page: str) -> None:
    expected = _word_for_word()
    assert len(expected) > 20
    assert [sentence for sentence in expected if sentence not in page] == []


def test_adapted_wordings_are_on_the_page(page: str) -> None:
    listed = [words for wording in _wordings() if not wording.live for words in wording.page]
    assert [words for words in listed if words not in page] == []


def test_live_wordings_are_on_the_connected_page(visit: Callable[..., Visitor]) -> None:
    main = visit("/").page.locator("main")
    for wording in _wordings():
        for live in wording.page if wording.live else ():
            expect(main).to_contain_text(live, timeout=SOON_MS)
