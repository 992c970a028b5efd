"""The pages made of content: one static page each, found when somebody asks for them."""

from collections.abc import Sequence

import reflex as rx

from portfolio_app.http.content.loader import content
from portfolio_app.http.content.model import Article, Kind, Profile
from portfolio_app.http.kit.page import Page
from portfolio_app.http.writing.parts import HEADINGS, article_list, article_page, resume


def written_pages() -> tuple[Page, ...]:
    """Lists, case studies, articles and the résumé. Raises ContentError."""
    found = content()
    return (
        _list("work", found.profile.work_lede, found.work),
        *_articles(found.work),
        _list("writing", found.profile.writing_lede, found.writing),
        *_articles(found.writing),
        _resume(found.profile),
    )


def _list(kind: Kind, lede: str, articles: Sequence[Article]) -> Page:
    def build() -> rx.Component:
        return article_list(kind, lede, articles)

    return Page(f"/{kind}", HEADINGS[kind], lede, build, listed=True)


def _articles(articles: Sequence[Article]) -> list[Page]:
    return [_article(article, after) for article, after in zip(articles, (*articles[1:], None), strict=False)]


def _article(article: Article, following: Article | None) -> Page:
    def build() -> rx.Component:
        return article_page(article, following)

    return Page(article.path, article.front.title, article.front.summary, build, listed=True, article=article)


def _resume(profile: Profile) -> Page:
    def build() -> rx.Component:
        return resume(profile)

    return Page("/resume", "Résumé", f"{profile.name}: {profile.role}.", build, listed=True)
