"""What Markdown turns into, and what it may not."""

from pathlib import Path

import pytest

from portfolio_app.http.content.markdown import render
from portfolio_app.http.content.model import ContentError, Heading

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


def refused(text: str, **asked: bool) -> str:
    with pytest.raises(ContentError) as caught:
        render(text, PATH, **asked)
    return str(caught.value)


def test_a_block_has_its_file_name_and_its_marked_lines() -> None:
    html = render('```js title="src/<a>.js" {1,3-4}\na\nb\nc\nd\n```', PATH).html
    assert '<figcaption class="snippet-place">src/<wbr>&lt;a&gt;.js</figcaption>' in html
    marked = [line.startswith('<span class="hll">') for line in html.partition("<code>")[2].split("\n")[:4]]
    assert html.count('class="hll"') == 3
    assert (marked[0], marked[1]) == (True, False)
    assert 'class="hll"' in render("```python {1,3}\na\nb\nc\n```", PATH).html


@pytest.mark.parametrize("language", ["mermaid", "svelte", "klingon", ""])
def test_a_language_that_nobody_knows_is_shown_as_it_is(language: str) -> None:
    html = render(f"```{language}\na --> b\n```", PATH).html
    assert f"{language or 'text'}</figcaption>" in html
    assert "a --&gt; b" in html


@pytest.mark.parametrize(
    ("fence", "said"),
    [
        ('js titel="a.js"', "'titel=\"a.js\"' after the language is neither title="),
        ("js {2}", "{2} marks lines that the block's 1 do not have"),
        ("js {3-2}", "{3-2} marks lines"),
        ("js {0}", "{0} marks lines"),
        ("js {1-}", "{1-} are no lines such as {1,3-5}"),
    ],
)
def test_what_a_fence_says_wrongly_is_named_by_file_and_line(fence: str, said: str) -> None:
    assert refused(f"Text.\n\n```{fence}\nx\n```").startswith(f"article.md:3: {said}")


def test_headings_have_addresses_in_any_script_and_their_words_lead_there() -> None:
    rendered = render("## Über `x`\n\n### 日本語\n\n## Über x\n\n## [Away](/work)", PATH)
    assert rendered.headings == (
        Heading(2, "über-x", "Über x"),
        Heading(3, "日本語", "日本語"),
        Heading(2, "über-x-2", "Über x"),
        Heading(2, "away", "Away"),
    )
    assert '<h2 id="über-x"><a href="#über-x">Über <code>x</code></a></h2>' in rendered.html
    assert '<h2 id="away"><a href="/work">Away</a></h2>' in rendered.html
    assert [link.href for link in rendered.links] == ["/work"]


def test_footnotes_tasks_definitions_and_strikes() -> None:
    html = render("A[^n] ~~b~~\n\n- [x] c\n- [ ] d\n\nTerm\n: Meaning\n\n[^n]: Note", PATH).html
    assert '<a href="#fn1" id="fnref1">[1]</a>' in html
    assert '<a href="#fnref1" aria-label="Back to where footnote 1 is referred to">' in html
    assert html.count("<label><input") == html.count('disabled="disabled"') == 2
    assert "<s>b</s>" in html
    assert "<dt>Term</dt>\n<dd>Meaning</dd>" in html


def test_formulas_become_mathml_where_the_article_asks_for_them() -> None:
    text = "It costs $5 and $6, $x^2$.\n\n$$\n\\frac{a}{b}\n$$\n"
    html = render(text, PATH, math=True).html
    assert "It costs $5 and $6, <math" in html
    assert '<div data-wide tabindex="0"><math' in html
    assert "<mfrac>" in html
    assert "<math" not in render(text, PATH).html
    assert (
        refused("Text\n\n$\\foo$", math=True)
        == "article.md:3: \\foo is no command of LaTeX that can be shown"
    )
    assert refused("$\\left($", math=True).startswith("article.md:1: '\\\\left(' is no formula: ")


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:x}{y}",
        r"\text{a</mtext><img src=x>}",
        r"\text{<b>}",
    ],
)
def test_nothing_in_a_formula_can_run(latex: str) -> None:
    assert "holds what no formula may" in refused(f"${latex}$", math=True)


def test_what_a_formula_may_hold_is_escaped() -> None:
    assert "<b>" not in render("$<b>$", PATH, math=True).html
    formulas = r"$\sqrt{2}$ $\sum_{i=0}^{n} x_i$ $\begin{pmatrix}1&2\\3&4\end{pmatrix}$ $\text{if } x \le 3$"
    assert render(formulas, PATH, math=True).html.count("<math") == 4


def test_a_callout_is_a_note_with_its_kind_above_it() -> None:
    html = render("> [!WARNING]\n> Mind the *gap*.\n\n> [!note]\n> Small.\n\n> Quoted.", PATH).html
    assert '<div role="note" data-callout="warning">\n<p>Warning</p>\n<p>Mind the <em>gap</em>.</p>' in html
    assert '<div role="note" data-callout="note">\n<p>Note</p>' in html
    assert html.count("<blockquote>") == 1


@pytest.mark.parametrize("text", ["a &#12; b", '[x](https://x.example "t&#xC;")', "`a`\n**&#12;**"])
def test_a_reference_to_a_character_that_no_feed_may_carry_is_refused(text: str) -> None:
    line = 3 + text.count("\n")
    assert refused(f"Text.\n\n{text}") == (
        f"article.md:{line}: holds the character U+000C, which no feed may carry"
    )


def test_a_callout_of_no_kind_is_refused_by_file_and_line() -> None:
    assert refused("Text.\n\n> [!WARNNG]\n> x").startswith(
        "article.md:3: there is no callout WARNNG; there are NOTE, "
    )
    assert "<blockquote>" in render("> [!x] is no callout", PATH).html
    assert refused("> [!NOTE] Mind the gap.") == (
        "article.md:1: the text of a callout begins on the line after [!NOTE]"
    )
