"""The head of a page: its title and description for search engines, and for previews of a shared address."""

from typing import Any, Final

import reflex as rx

from portfolio_app.http.content.loader import content
from portfolio_app.http.content.model import Profile
from portfolio_app.http.kit.head import PLACEHOLDER, absolute, json_ld, link, named, shared
from portfolio_app.http.kit.page import Page

HOME: Final = "/"
_CARD_SIZE: Final = {"og:image:width": "1200", "og:image:height": "630"}


def title_of(page: Page) -> str:
    """The document's title: the page's own, then whose site it is."""
    profile = content().profile
    return f"{page.title} – {profile.site}" if page.title else f"{profile.site}: {profile.tagline}"


def description_of(page: Page) -> str:
    """One or two sentences for the list of a search engine."""
    return page.description or content().profile.summary


def card_of(page: Page) -> str:
    """The path of the picture that stands for the page where it is shared."""
    return f"/og{page.route}.png" if page.listed and page.route != HOME else "/og/home.png"


def head_of(page: Page) -> list[rx.Component]:
    """Everything but title, description and `og:image`, which the framework writes itself."""
    if not page.listed:
        return [named("robots", "noindex")]
    title, address, card = title_of(page), absolute(page.route), absolute(card_of(page))
    return [
        link("canonical", address),
        shared("og:type", "article" if page.article else "website"),
        shared("og:site_name", content().profile.site),
        shared("og:title", title),
        shared("og:description", description_of(page)),
        shared("og:url", address),
        *(shared(name, value) for name, value in _CARD_SIZE.items()),
        shared("og:image:alt", title),
        named("twitter:card", "summary_large_image"),
        named("twitter:title", title),
        named("twitter:description", description_of(page)),
        named("twitter:image", card),
        json_ld(_described(page, content().profile)),
    ]


def _described(page: Page, profile: Profile) -> dict[str, Any]:
    author = {"@type": "Person", "name": profile.name, "jobTitle": profile.role, "url": f"{PLACEHOLDER}/"}
    common = {
        "@context": "https://schema.org",
        "url": f"{PLACEHOLDER}{page.route}",
        "name": title_of(page),
        "description": description_of(page),
        "inLanguage": (page.article.front.lang if page.article else None) or profile.lang,
    }
    if page.route == HOME:
        return common | {"@type": "WebSite", "author": author}
    if (article := page.article) is None:
        return common | {"@type": "WebPage", "isPartOf": {"@type": "WebSite", "url": f"{PLACEHOLDER}/"}}
    return common | {
        "@type": "BlogPosting" if article.kind == "writing" else "TechArticle",
        "headline": article.front.title,
        "author": author,
        "datePublished": article.front.date.isoformat(),
        "dateModified": article.changed.isoformat(),
        "keywords": ", ".join(article.front.tags),
        "image": f"{PLACEHOLDER}{card_of(page)}",
    }
