"""The pages made of content, one static page each, and the ways to them: lists, tags, years, searching."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

import reflex as rx

from portfolio_app.http.chat import ENTERING
from portfolio_app.http.content.loader import content
from portfolio_app.http.content.model import Article, Content, Kind, address_of
from portfolio_app.http.kit.layout import page_heading
from portfolio_app.http.kit.page import Page, Section
from portfolio_app.http.writing.parts import (
    HEADINGS,
    article_list,
    article_page,
    elsewhere,
    feed_link,
    link_row,
    listed,
    newest,
    resume,
    spoken,
    tag_path,
)
from portfolio_app.words import month_and_day, parts, t

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
"""The sections of both that the front page may show."""


def _articles(articles: Sequence[Article]) -> list[Page]:
    paged = [article for article in articles if article.html]
    around = zip(paged, (*paged[1:], None), (None, *paged), strict=False)
    return [_article(article, after, before) for article, after, before in around]


def _article(article: Article, following: Article | None, previous: Article | None) -> Page:
    def build() -> rx.Component:
        return article_page(article, following, previous, related_to(article, content().articles))

    on_load = ENTERING if article.room else ()
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


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it is spelled first, and what has it, newest first."""

    name: str
    address: str
    articles: tuple[Article, ...]

    @property
    def path(self) -> str:
        """The address of its page."""
        return tag_path(self.name)


def tagged(articles: Sequence[Article]) -> tuple[Tag, ...]:
    """Every tag in the order of its address; case and spaces make no other one."""
    found: dict[str, tuple[str, list[Article]]] = {}
    for article in articles:
        for name in {address_of(name): name for name in article.front.tags}.values():
            found.setdefault(address_of(name), (name, []))[1].append(article)
    return tuple(Tag(name, address, _newest_first(each)) for address, (name, each) in sorted(found.items()))


def finding_pages(content: Content) -> tuple[Page, ...]:
    """The pages for finding articles, which search engines need not be offered: they list what has pages of its own."""
    search = t("What the articles and pages of this site say, searched in your browser.")
    archive = t("Everything written here, by year.")
    return (
        *(_of_tag(tag) for tag in tagged(content.articles)),
        Page("/writing/archive", t("Archive"), archive, partial(archive_list, archive, content.articles)),
        Page("/search", t("Search"), search, partial(search_page, search)),
    )


def _of_tag(tag: Tag) -> Page:
    lede = t("Case studies and articles about {name}.", name=tag.name)
    return Page(tag.path, tag.name, lede[:200], partial(tag_list, tag, lede))


def tag_list(tag: Tag, lede: str) -> rx.Component:
    """The list of all articles with one tag, and the feed of it."""
    feed = feed_link(t("Feed of this tag"), f"{tag.path}/feed.xml")
    heading = page_heading(
        rx.el.bdi(tag.name), lede, link_row(feed, rx.el.a(t("By year"), href="/writing/archive"))
    )
    return rx.el.div(heading, listed(tag.articles), class_name="by-tag")


def archive_list(lede: str, articles: Sequence[Article]) -> rx.Component:
    """Titles under the year they are from."""
    years = groupby(_newest_first(articles), key=lambda article: article.front.date.year)
    return rx.el.div(
        page_heading(t("Archive"), lede, elsewhere("/writing/archive")),
        rx.el.div(*(_year(year, list(each)) for year, each in years), class_name="years"),
        class_name="archive",
    )


def _year(year: int, articles: Sequence[Article]) -> rx.Component:
    lines = (
        rx.el.li(
            rx.el.time(month_and_day(article.front.date), date_time=article.front.date.isoformat()),
            rx.el.a(article.front.title, href=article.path, **spoken(article)),
        )
        for article in articles
    )
    return rx.el.section(rx.el.h2(str(year)), rx.el.ol(*lines))


class SearchBox(rx.Component):
    """A field, and below it the pages that have every word in it; see `search.jsx`."""

    library = "$/public/js/search.jsx"
    tag = "SearchBox"


def search_page(lede: str) -> rx.Component:
    """The field with its results; without scripts, the way to what it would search."""
    without = rx.el.noscript(
        *parts(
            "Searching takes scripts. Everything is also listed in the {archive}.",
            archive=rx.el.a(t("archive"), href="/writing/archive"),
        )
    )
    return rx.el.div(page_heading(t("Search"), lede), without, SearchBox.create(class_name="site-search"))


def _newest_first(articles: Sequence[Article]) -> tuple[Article, ...]:
    return tuple(sorted(articles, key=lambda article: article.front.date, reverse=True))
