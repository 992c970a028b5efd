"""Other ways to an article than the lists: by tag, by year, by searching."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import reflex as rx

from portfolio_app.http.content.model import Article, Content, address_of
from portfolio_app.http.kit.layout import page_heading
from portfolio_app.http.kit.page import Page
from portfolio_app.http.writing.parts import elsewhere, feed_link, link_row, listed, spoken, tag_path
from portfolio_app.words import month_and_day, parts, t


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it is spelled first, and what has it, newest first."""

    name: str
    address: str
    articles: tuple[Article, ...]

    @property
    def path(self) -> str:
        """Where its page is."""
        return tag_path(self.name)


def tagged(articles: Sequence[Article]) -> tuple[Tag, ...]:
    """Every tag in the order of its address; case and spaces make no other one."""
    found: dict[str, tuple[str, list[Article]]] = {}
    for article in articles:
        for name in {address_of(name): name for name in article.front.tags}.values():
            found.setdefault(address_of(name), (name, []))[1].append(article)
    return tuple(Tag(name, address, _newest_first(each)) for address, (name, each) in sorted(found.items()))


def finding_pages(content: Content) -> tuple[Page, ...]:
    """What search engines need not be offered: it lists what has pages of its own."""
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
    """Everything with one tag, and the feed of it."""
    feed = feed_link(t("Feed of this tag"), f"{tag.path}/feed.xml")
    heading = page_heading(tag.name, lede, link_row(feed, rx.el.a(t("By year"), href="/writing/archive")))
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
