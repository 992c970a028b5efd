"""An article quotes code as it stands in the source, or nothing is built."""

from pathlib import Path

import pytest

from portfolio_app import folders
from portfolio_app.http.content.loader import content
from portfolio_app.http.content.markdown import render
from portfolio_app.http.content.model import ContentError
from portfolio_app.http.content.source import quotation, quoted_files

PATH = Path("article.md")
PLACE = "portfolio_app/http/content/model.py:ContentError"


def refused(text: str) -> str:
    with pytest.raises(ContentError) as caught:
        render(text, PATH)
    return str(caught.value)


def test_a_block_that_names_a_place_shows_what_stands_there() -> None:
    html = render(f"Before.\n\n```python {PLACE}\n```\n", PATH).html
    assert '<figure class="snippet" data-layer="http">' in html
    assert f"model.py:{quotation(PLACE).line}</figcaption>" in html
    assert '<span class="nc">ContentError</span>' in html
    assert "The text is one sentence".lower() in html


def test_a_method_and_a_signature_alone_can_be_quoted() -> None:
    assert quotation(f"{PLACE}.__init__").text.startswith("def __init__(self, path: Path")
    wiring = quotation("portfolio_app/bootstrap/services.py:compose_services signature")
    assert wiring.text.endswith(") -> Services:")


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (f"```python {PLACE}s\n```", "portfolio_app/http/content/model.py has no ContentErrors to quote"),
        ("```python portfolio_app/gone.py:X\n```", "portfolio_app/gone.py has no X to quote"),
        ("```python ../secret.py:X\n```", "'../secret.py:X' names no place such as"),
        ("```python portfolio_app/../x.py:X\n```", "'portfolio_app/../x.py:X' names no place such as"),
        (f"```python {PLACE}\nclass Other: ...\n```", f"the code block quotes {PLACE} and holds code"),
        (f"```rust {PLACE}\n```", "only Python can be quoted, not rust"),
    ],
)
def test_a_place_with_nothing_to_quote_is_named_by_file_and_line(block: str, said: str) -> None:
    assert refused(f"Before.\n\n{block}\n").startswith(f"article.md:3: {said}")


def test_quoted_files_are_known_without_rendering(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "x.md").write_text(
        f"+++\n+++\n- x\n\n  ````python {PLACE}\n  ````\n`python x.py:Y`\n"
    )
    assert quoted_files(tmp_path) == {"portfolio_app/http/content/model.py"}


def test_every_quotation_of_the_owners_articles_is_known_as_a_source() -> None:
    shown = sum(article.html.count('class="snippet"') for article in content().articles)
    assert bool(shown) == bool(quoted_files(folders.content()))
