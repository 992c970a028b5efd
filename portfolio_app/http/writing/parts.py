"""Articles, lists of them, and the résumé."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.folders import today
from portfolio_app.http.chat import article_chat
from portfolio_app.http.content.model import Article, Entry, Heading, Kind, Link, Profile, Section, address_of
from portfolio_app.http.kit.kinds import Child
from portfolio_app.http.kit.layout import page_heading, page_section
from portfolio_app.http.kit.marks import tag
from portfolio_app.language import direction
from portfolio_app.words import day as day_in_words
from portfolio_app.words import parts, t

HEADINGS: Final[dict[Kind, str]] = {"work": t("Work"), "writing": t("Writing")}
_NEWEST: Final = 3
_NONE_YET: Final = t("Nothing here yet.")
_SECTION: Final = 2
_DEEPEST: Final = 3
_FEWEST: Final = 3
"""Sections from which on a list of them helps."""


class Prose(rx.Component):
    """Text whose blocks of code can be copied; see `prose.jsx`."""

    library = "$/public/js/prose.jsx"
    tag = "Prose"

    html: rx.Var[str]
    lang: rx.Var[str]
    dir: rx.Var[str]


def prose(html: str, **attributes: str) -> rx.Component:
    """Text that was made from Markdown."""
    return Prose.create(html=html, class_name="prose", **attributes)


def spoken(article: Article) -> dict[str, str]:
    """The attributes of an element that has words of an article, if that says its language."""
    language = article.front.lang
    return {"lang": language, "dir": direction(language)} if language else {}


def article_page(
    article: Article,
    following: Article | None,
    previous: Article | None = None,
    related: Sequence[Article] = (),
) -> rx.Component:
    """The whole text, with the way back and its contents above it, its room and others to go on with below."""
    heading = HEADINGS[article.kind]
    ways = {t("Previous"): previous, t("Next"): following}
    return rx.el.article(
        rx.el.header(
            rx.el.p(rx.el.a(heading, href=f"/{article.kind}"), class_name="article-crumb"),
            rx.el.h1(article.front.title, class_name="article-title"),
            rx.el.p(article.front.summary, class_name="article-lede"),
            _facts(article),
            *_links(article),
            *_contents(article.headings),
            class_name="article-heading",
            **spoken(article),
        ),
        prose(article.html, **spoken(article)),
        *([rx.el.div(article_chat(article), class_name="article-room")] if article.room else []),
        rx.el.footer(
            *(_way(name, to) for name, to in ways.items() if to),
            *([_way(t("Related"), *related)] if related else []),
            class_name="article-next",
        ),
        class_name="article",
    )


def article_list(kind: Kind, lede: str, articles: Sequence[Article]) -> rx.Component:
    """Every article of a kind, or a word that there is none yet."""
    heading = page_heading(HEADINGS[kind], lede, elsewhere(f"/{kind}"))
    return rx.el.div(heading, listed(articles), class_name="listing")


def newest(kind: Kind, lede: str, articles: Sequence[Article]) -> rx.Component:
    """The first few of a kind as a section of the front page; their pictures are on the page of all."""
    more = rx.el.p(rx.el.a(t("See all"), href=f"/{kind}"), class_name="articles-more")
    shown = [replace(article, cover="") for article in articles[:_NEWEST]]
    return page_section(
        HEADINGS[kind], lede, listed(shown), *([more] if len(articles) > _NEWEST else []), anchor=kind
    )


def listed(articles: Sequence[Article]) -> Child:
    """A list of articles: titles, summaries and facts; a gallery if each has a picture."""
    if not articles:
        return _NONE_YET
    gallery = {"data_gallery": ""} if all(article.cover for article in articles) else {}
    return rx.el.ol(*map(_listed, articles), class_name="articles", **gallery)


def elsewhere(path: str) -> rx.Component:
    """Other ways to what a list at `path` shows."""
    ways = {t("By year"): "/writing/archive", t("Search"): "/search"}
    links = [rx.el.a(name, href=href) for name, href in ways.items() if href != path]
    feed = [] if "archive" in path else [feed_link(t("Feed of these"), f"{path}/feed.xml")]
    return link_row(*links, *feed)


def link_row(*links: Child) -> rx.Component:
    """Links side by side, with room to touch one and not its neighbour."""
    return rx.el.p(*links, class_name="article-links")


def feed_link(name: str, href: str) -> rx.Component:
    """A link that the browser follows: the router knows no feed."""
    return A.create(name, href=href)


def tag_path(name: str) -> str:
    """The address of the list of all articles with a tag."""
    return f"/writing/tag/{address_of(name)}"


def _listed(article: Article) -> rx.Component:
    return rx.el.li(
        *([_cover(article.cover)] if article.cover else []),
        rx.el.h2(rx.el.a(article.front.title, href=article.path) if article.html else article.front.title),
        rx.el.p(article.front.summary),
        _facts(article),
        *_links(article),
        class_name="articles-item",
        **({} if article.html else {"id": article.slug}),
        **spoken(article),
    )


def _cover(html: str) -> rx.Component:
    return rx.el.div(class_name="articles-cover", custom_attrs={"dangerouslySetInnerHTML": {"__html": html}})


def _facts(article: Article) -> rx.Component:
    # Days are in the interface's language, whatever direction the text has.
    own = {"dir": "auto"} if article.front.lang else {}
    changed = parts("changed {day}", day=_day(article.front.updated)) if article.front.updated else []
    return rx.el.p(
        _day(article.front.date, **own),
        *([rx.el.span(*changed, **own)] if changed else []),
        *([rx.el.span(article.front.years, dir="auto")] if article.front.years else []),
        *_unseen(article),
        *([rx.el.span(t("{minutes} min", minutes=article.minutes), **own)] if article.html else []),
        *(rx.el.a(tag(name), href=tag_path(name)) for name in article.front.tags),
        class_name="article-facts",
    )


def _unseen(article: Article) -> list[rx.Component]:
    """The note under `make dev` that says why readers do not see an article."""
    if article.is_public(today()):
        return []
    words = t("Draft: only you see it") if article.front.draft else t("Not shown before this day")
    return [rx.el.strong(words, dir="auto")]


def _links(article: Article) -> list[rx.Component]:
    links = (rx.el.a(link.label, href=link.href) for link in article.front.links)
    return [link_row(*links)] if article.front.links else []


def _day(day: datetime.date, **attributes: str) -> rx.Component:
    return rx.el.time(day_in_words(day), date_time=day.isoformat(), **attributes)


def _way(name: str, *articles: Article) -> rx.Component:
    links = (
        rx.el.li(rx.el.a(article.front.title, href=article.path, **spoken(article))) for article in articles
    )
    return rx.el.div(rx.el.p(name), rx.el.ul(*links), class_name="article-way")


def _contents(headings: Sequence[Heading]) -> list[rx.Component]:
    """The table of contents: open beside the text, folded above it on a phone. Few sections need none."""
    if sum(heading.level == _SECTION for heading in headings) < _FEWEST:
        return []
    return [
        rx.el.details(
            rx.el.summary(t("Contents")),
            _outline(headings, t("Contents, folded")),
            class_name="contents-folded",
        ),
        rx.el.div(rx.el.p(t("Contents")), _outline(headings, t("Contents")), class_name="contents-beside"),
    ]


def _outline(headings: Sequence[Heading], name: str) -> rx.Component:
    # Links of the document: the router would fetch a page for an address on this one.
    links = (
        rx.el.li(A.create(heading.text, href=f"#{heading.anchor}"), data_level=str(heading.level))
        for heading in headings
        if heading.level <= _DEEPEST
    )
    return rx.el.nav(rx.el.ol(*links), aria_label=name)


def resume(profile: Profile, *, pdf: bool = False, portrait: str = "") -> rx.Component:
    """The résumé: who, then every section in the order of the profile; with a link to the `pdf` if there is one.

    `portrait` is the element of the picture.
    """
    picture = {"dangerouslySetInnerHTML": {"__html": portrait}}
    return rx.el.article(
        rx.el.header(
            *([rx.el.div(class_name="resume-portrait", custom_attrs=picture)] if portrait else []),
            rx.el.h1(profile.name),
            rx.el.p(profile.role),
            rx.el.p(profile.resume_lede, class_name="resume-hint"),
            rx.el.p(
                *map(_contact, profile.shown_links),
                *([A.create("PDF", href="/resume.pdf")] if pdf else []),
                A.create("JSON", href="/resume.json"),
                class_name="resume-links",
            ),
            class_name="resume-heading",
        ),
        *map(_section, profile.resume),
        class_name="resume",
    )


def _contact(link: Link) -> rx.Component:
    """A link; on paper, where it can't be followed, with its address."""
    scheme, _, address = link.href.partition(":")
    address = address.strip("/") if scheme in ("http", "https", "mailto", "tel") else ""
    on_paper = [rx.el.span(address, class_name="resume-address")] if address else []
    return rx.el.a(link.label, *on_paper, href=link.href)


def _section(section: Section) -> rx.Component:
    return rx.el.section(
        rx.el.h2(section.title),
        rx.el.div(*map(_entry, section.entries), class_name="resume-entries"),
        class_name="resume-section",
    )


def _entry(entry: Entry) -> rx.Component:
    where: list[Child] = [rx.el.span(said) for said in (entry.where, entry.when) if said]
    return rx.el.div(
        rx.el.h3(entry.title),
        *([rx.el.p(*where, class_name="resume-where")] if where else []),
        *([rx.el.p(entry.text)] if entry.text else []),
        *([rx.el.ul(*(rx.el.li(point) for point in entry.points))] if entry.points else []),
        class_name="resume-entry",
        dir="auto",
    )
