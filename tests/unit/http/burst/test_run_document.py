"""A recorded run as a file."""

import re
from datetime import UTC, datetime, timedelta
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from portfolio_app.app.burst.record import Circumstances, Machine, record_of
from portfolio_app.app.burst.worded import worded
from portfolio_app.app.ports.live_feed import Trace
from portfolio_app.app.ports.runs import Record, Run
from portfolio_app.domain.burst.ledger import Answer, Books
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.domain.burst.receipt import receipt
from portfolio_app.http.burst.run_document import _colours, run_page
from portfolio_app.http.kit import palette

HOSTILE = "<script>alert('x')</script>\"&"
AT = datetime(2026, 11, 24, tzinfo=UTC)


def drawn(_: Trace) -> dict[str, Any]:
    span = {"name": HOSTILE, "layer": '"><script>', "depth": 1, "left": 0.0, "width": 50.0, "took": "1 ms"}
    return {"took": "2 ms", "spans": [span]}


def record(answers: int = 3, size: int = 10, *, balanced: bool = True) -> Record:
    seen = {
        n: Answer(n, f"{n:032x}", 200, n * 90_000, 1_000 * (n + 1), pushed=balanced) for n in range(answers)
    }
    books = Books(size, answers, seen, {f"{n:032x}": n for n in range(answers)})
    run = Run("0" * 16, "s" * 32, "secret", Plan.parse(size, 1, "noop"), AT, AT + timedelta(minutes=5))
    around = Circumstances(run, cancelled=True, commit=HOSTILE, machine=Machine(HOSTILE, 2, "3.11", 1))
    trace = Trace("a" * 32, "x", 0.0, 1, ())
    return record_of(receipt(books), around, lambda found: trace if found == f"{0:032x}" else None, drawn)


class Tags(HTMLParser):
    """Every tag, and every attribute that could load or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.reaching: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.reaching += [
            name for name, _ in attrs if name in ("src", "href", "style") or name.startswith("on")
        ]


def test_the_page_says_what_the_receipt_says() -> None:
    found = record(8)
    page, shown = run_page(found), worded(found)
    for name in ("verdict", "outcomes", "explained", "pace"):
        assert escape(shown[name]) in page


@pytest.mark.parametrize("balanced", [True, False])
@pytest.mark.parametrize("answers", [0, 1, 10])
def test_the_page_stands_by_itself_and_runs_nothing(answers: int, balanced: bool) -> None:
    page = run_page(record(answers, balanced=balanced))
    found = Tags()
    found.feed(page)
    assert not found.tags & {"script", "img", "link", "iframe", "object", "base", "form", "a"}
    assert found.reaching == []
    assert "http://" not in page
    assert "https://" not in page
    assert "url(" not in page


def test_the_page_of_a_german_site_is_german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "profile.toml").write_text('lang = "de"\n', encoding="utf-8")
    monkeypatch.setenv("CONTENT_DIR", str(tmp_path))
    page = run_page(record(balanced=False))
    assert '<html lang="de" dir="ltr">' in page
    heads = re.findall(r"<h[12]>(.*?)</h", page)
    assert heads == [
        f"Lauf {'0' * 16}", "Bücher", "Zeiten", "Antworten nach Status", "Im Verlauf", "Unstimmigkeiten: 3",
        "Die zehn langsamsten, jede mit ihrem Wasserfall",
    ]  # fmt: skip
    assert "2 ms im Server" in page
    text = re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]+>", " ", page)
    assert re.findall(r"\b(?:the|of|and|were|requests?|answered|ledgers?|took|rate of)\b", text) == []


def test_every_text_is_escaped() -> None:
    page = run_page(record(balanced=False))
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;") >= 3


def test_the_page_says_what_the_record_says() -> None:
    page = run_page(record())
    text = re.sub(r"<[^>]+>", " ", page)
    for words in (
        "No-op, 10 requests, 1 worker, cancelled",
        "Balanced: 3 sent = 3 answered",
        "3.00 ms, request 2",
        "2 ms in the",
    ):
        assert words in text
    assert "was not kept" in text


def test_a_mismatch_is_shown_with_its_id() -> None:
    page = run_page(record(balanced=False))
    assert "Mismatches: 3" in page
    assert f"<th>{1:032x}</th>" in page
    assert "request 1, not pushed: it was answered" in page


def test_nothing_of_the_session_or_the_ticket_is_in_the_record() -> None:
    made = str(record())
    assert "s" * 32 not in made
    assert "secret" not in made


def test_a_file_has_the_colours_of_the_stylesheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    css, repainted = palette.TOKENS.read_text(encoding="utf-8"), tmp_path / "tokens.css"
    repainted.write_text(css.replace("--domain-mark: #9763de", "--domain-mark: #d0ffee"), encoding="utf-8")
    monkeypatch.setattr(palette, "TOKENS", repainted)
    _colours.cache_clear()
    assert ".domain{fill:#d0ffee}" in _colours()
    _colours.cache_clear()
