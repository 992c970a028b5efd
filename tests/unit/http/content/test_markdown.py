"""What Markdown turns into, and what it may not."""

from pathlib import Path

import pytest

from portfolio_app.http.content.markdown import render

PATH = Path("article.md")


def test_code_is_highlighted_with_classes_and_can_be_scrolled_by_keyboard() -> None:
    html = render("```python\ndef f(): ...\n```", PATH)
    assert '<pre data-code tabindex="0">' in html
    assert '<span class="k">def</span>' in html
    assert "style=" not in html


def test_a_table_scrolls_by_itself() -> None:
    html = render("| a | b |\n| --- | --- |\n| 1 | 2 |", PATH)
    assert html.startswith('<div data-wide tabindex="0">')
    assert html.rstrip().endswith("</div>")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        "```html\n<script>alert(1)</script>\n```",
        "`<script>`",
        "    <script>alert(1)</script>",
    ],
)
def test_nothing_in_it_can_run(text: str) -> None:
    html = render(text, PATH)
    assert "<script" not in html
    assert "href=" not in html
    assert "src=" not in html
