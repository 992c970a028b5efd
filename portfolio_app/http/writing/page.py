"""The pages made of content: one static page each, found when somebody asks for them."""

from collections.abc import Sequence
from typing import Final

import reflex as rx

from portfolio_app.http.chat import ChatState
from portfolio_app.http.content.loader import content
from portfolio_app.http.content.model import Article, Content, Kind, address_of
from portfolio_app.http.kit.page import Page, Section
from portfolio_app.http.writing.finding import finding_pages
from portfolio_app.http.writing.parts import HEADINGS, article_list, article_page, newest, resume
from portfolio_app.words import t

_RELATED: Final = 3


def written_pages() -> tuple[Page, ...]:
    """Lists, case studies, articles, what finds them, and the résumé. Raises ContentError."""
    found = content()
    return (
        _list("work", found.profile.work_lede, found.work),
        *_articles(found.work),
        _list("writing", found.profile.writing_lede, found.writing),
        *_articles(found.writing),
        *finding_pages(found),
        *([_resume(found)] if found.profile.resume else []),
    )


def _list(kind: Kind, lede: str, articles: Sequence[Article]) -> Page:
    def build() -> rx.Component:
        return article_list(kind, lede, articles)

    return Page(f"/{kind}", HEADINGS[kind], lede, build, listed=True)


def _newest(kind: Kind) -> Section:
    def build() -> rx.Component:
        found = content()
        lede, articles = (
            (found.profile.work_lede, found.work)
            if kind == "work"
            else (found.profile.writing_lede, found.writing)
        )
        return newest(kind, lede, articles)

    return Section(kind, build, invitation=HEADINGS[kind])


SECTIONS: Final = (_newest("work"), _newest("writing"))
"""What the front page may show of both."""


def _articles(articles: Sequence[Article]) -> list[Page]:
    paged = [article for article in articles if article.html]
    around = zip(paged, (*paged[1:], None), (None, *paged), strict=False)
    return [_article(article, after, before) for article, after, before in around]


def _article(article: Article, following: Article | None, previous: Article | None) -> Page:
    def build() -> rx.Component:
        return article_page(article, following, previous, related_to(article, content().articles))

    on_load = (ChatState.enter,) if article.room else ()
    front = article.front
    return Page(
        article.path, front.title, front.summary, build, on_load=on_load, listed=True, article=article
    )


def related_to(article: Article, articles: Sequence[Article]) -> list[Article]:
    """Up to three others that share tags with it, those with most in common first."""
    own = set(map(address_of, article.front.tags))
    shared = {other.path: own & set(map(address_of, other.front.tags)) for other in articles}
    found = [other for other in articles if shared[other.path] and other.path != article.path]
    return sorted(found, key=lambda other: len(shared[other.path]), reverse=True)[:_RELATED]


def _resume(found: Content) -> Page:
    profile = found.profile

    def build() -> rx.Component:
        return resume(
            profile, pdf=found.pdf is not None, portrait=found.portrait[1] if found.portrait else ""
        )

    return Page("/resume", t("Résumé"), f"{profile.name}: {profile.role}.", build, listed=True)
