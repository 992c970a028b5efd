"""Specimens of what is read: articles and the résumé."""

import datetime
from pathlib import Path

from portfolio_app.http.content.markdown import render
from portfolio_app.http.content.model import Article, Entry, FrontMatter, Link, Profile, Section
from portfolio_app.http.kit.specimen import Group, specimen
from portfolio_app.http.writing.pages import Tag, archive_list, search_page, tag_list
from portfolio_app.http.writing.parts import (
    article_list,
    article_page,
    elsewhere,
    feed_link,
    link_row,
    newest,
    prose,
    resume,
)

_MARKDOWN = """\
Text with a [link](/work), `code` and **weight**.

## A section

- one thing
- another thing

1. first
2. second

> What somebody else said.

> [!NOTE]
> What helps to know.

> [!TIP]
> What makes it easier.

> [!IMPORTANT]
> What it takes.

> [!WARNING]
> What may go wrong.

> [!CAUTION]
> What can't be undone.

| Mode | Requests |
| --- | --- |
| read | 500 |

```python title="answer.py" {2}
def answer() -> int:
    return 42
```

A term
: What it means[^1], ~~or not~~.

- [x] done
- [ ] to do

$$
\\frac{a}{b}
$$

[^1]: In a footnote.

## Another section

### A part of it

## The last section

```python portfolio_app/http/content/model.py:ContentError
```
"""


def _group() -> Group:
    """Prose, an article, lists of articles, the search, the résumé."""
    article = _article("An example of an article", ("postgresql", "example"), datetime.date(2026, 2, 1))
    other = _article("Another one", ())
    return Group(
        "Writing",
        "Prose keeps to a measure that eyes can follow.",
        (
            specimen("every element", prose, article.html),
            specimen("with others to go on with", article_page, article, other, other, (other,)),
            specimen("the last", article_page, other, None),
            specimen("two", article_list, "work", "What is listed here.", (article, other)),
            specimen("more than fit", newest, "work", "What is newest here.", (article, *[other] * 9)),
            specimen("none", article_list, "writing", "What would be listed here.", ()),
            specimen("of two", tag_list, Tag("example", "example", (article, other)), "What has it."),
            specimen("of one year", archive_list, "Everything, by year.", (article, other)),
            specimen("before anything is asked", search_page, "Searched in your browser."),
            specimen("as on a list", feed_link, "Feed", "/feed.xml"),
            specimen("from a list", elsewhere, "/writing"),
            specimen("two", link_row, feed_link("Atom", "/feed.xml"), feed_link("JSON", "/feed.json")),
            specimen("every part", resume, _profile()),
        ),
        wide=frozenset(
            {prose, article_page, article_list, newest, tag_list, archive_list, search_page, resume}
        ),
    )


def _article(title: str, tags: tuple[str, ...], updated: datetime.date | None = None) -> Article:
    front = FrontMatter(
        title=title,
        summary="What it is about, in a sentence or two.",
        date=datetime.date(2026, 1, 1),
        updated=updated,
        tags=tags,
        years="2024 to 2026" if tags else None,
        links=(Link(label="Source", href="https://code.example"), Link(label="Paper", href="/work"))
        if tags
        else (),
    )
    rendered = render(_MARKDOWN, Path(__file__), math=True)
    return Article("work", "example", front, rendered.html, rendered.links, 3, headings=rendered.headings)


def _profile() -> Profile:
    entries = (
        Entry(
            title="A position",
            where="A place",
            when="2020 to 2025",
            text="In a sentence.",
            points=("A point.", "Another."),
        ),
        Entry(title="A title and no more"),
    )
    return Profile(
        site="Example",
        tagline="Example",
        name="Ada Example",
        role="Engineer",
        summary="Example",
        claim="Example",
        ledes=("Example",),
        work_lede="Example",
        writing_lede="Example",
        resume_lede="A line below the role.",
        links=(Link(label="Work", href="/work"),),
        resume=(Section(title="Experience", entries=entries),),
    )


def groups() -> tuple[Group, ...]:
    """The specimens that the style guide shows of this feature."""
    return (_group(),)
