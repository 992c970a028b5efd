"""Case studies and articles: one by itself, and lists of them."""

import datetime
from collections.abc import Sequence
from typing import Final

import reflex as rx

from portfolio_app.http.content.model import Article, Kind
from portfolio_app.http.kit.kinds import Child
from portfolio_app.http.kit.layout import page_heading
from portfolio_app.http.kit.pill import tag

HEADINGS: Final[dict[Kind, str]] = {"work": "Work", "writing": "Writing"}
_NONE_YET: Final = "Nothing here yet."


def prose(html: str) -> rx.Component:
    """Text that was made from Markdown."""
    return rx.el.div(class_name="prose", custom_attrs={"dangerouslySetInnerHTML": {"__html": html}})


def article_page(article: Article, following: Article | None) -> rx.Component:
    """The whole text, with the way back above it and the next one below."""
    heading = HEADINGS[article.kind]
    return rx.el.article(
        rx.el.header(
            rx.el.p(rx.el.a(heading, href=f"/{article.kind}"), class_name="article-crumb"),
            rx.el.h1(article.front.title, class_name="article-title"),
            rx.el.p(article.front.summary, class_name="article-lede"),
            _facts(article),
            class_name="article-heading",
        ),
        prose(article.html),
        *([_next(following)] if following else []),
        class_name="article",
    )


def article_list(kind: Kind, lede: str, articles: Sequence[Article]) -> rx.Component:
    """Every article of a kind, or a word that there is none yet."""
    listed: Child = rx.el.ol(*map(_listed, articles), class_name="articles") if articles else _NONE_YET
    return rx.el.div(page_heading(HEADINGS[kind], lede), listed, class_name="listing")


def _listed(article: Article) -> rx.Component:
    return rx.el.li(
        rx.el.h2(rx.el.a(article.front.title, href=article.path)),
        rx.el.p(article.front.summary),
        _facts(article),
        class_name="articles-item",
    )


def _facts(article: Article) -> rx.Component:
    return rx.el.p(
        _day(article.front.date),
        *([rx.el.span("changed ", _day(article.front.updated))] if article.front.updated else []),
        rx.el.span(f"{article.minutes} min"),
        *map(tag, article.front.tags),
        class_name="article-facts",
    )


def _day(day: datetime.date) -> rx.Component:
    return rx.el.time(f"{day.day} {day:%B %Y}", date_time=day.isoformat())


def _next(article: Article) -> rx.Component:
    return rx.el.footer(
        rx.el.p("Next"),
        rx.el.a(article.front.title, href=article.path),
        class_name="article-next",
    )
