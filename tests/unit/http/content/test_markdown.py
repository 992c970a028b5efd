"""What Markdown turns into, and what it may not."""

from pathlib import Path

import pytest

from portfolio_app.http.content.markdown import render

PATH = Path("article.md")


def test_code_is_highlighted_with_classes_and_can_be_scrolled_by_keyboard() -> None:
    html = render("```python\ndef f(): ...\n```", PATH).html
    assert '<pre data-code tabindex="0">' in html
    assert '<span class="k">def</span>' in html
    assert "style=" not in html


def test_a_table_scrolls_by_itself() -> None:
    html = render("| a | b |\n| --- | --- |\n| 1 | 2 |", PATH).html
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
    html = render(text, PATH).html
    assert "<script" not in html
    assert "href=" not in html
    assert "src=" not in html


def test_links_are_found_where_they_stand_and_not_in_code() -> None:
    text = (
        "See\n[one](/a), then\n- [two](/b)\n\n`[x](/c)`\n\n```text\n[x](/d)\n```\n\n[three]\n\n[three]: /e\n"
    )
    links = render(text, PATH, first_line=10).links
    assert [(link.line, link.href) for link in links] == [(11, "/a"), (12, "/b"), (20, "/e")]
