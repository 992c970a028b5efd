"""The head of a page, for search engines and for previews of a shared address, also of pages that no build can know."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Final

import reflex as rx

from portfolio_app.app.errors import AppError, NotFound
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.http.content.loader import content
from portfolio_app.http.content.model import Profile
from portfolio_app.http.kit.head import PLACEHOLDER, absolute, json_ld, link, named, shared
from portfolio_app.http.kit.page import Page
from portfolio_app.language import direction
from portfolio_app.words import interface_language, parts, t

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


BUILT: Final = "__spa-fallback.html"
"""Pages with a parameter, and those that do not exist: one built file without any text, which its script draws."""
_PARAMETER: Final = re.compile(r"\[\w+\]")
_PARAMETERS: Final = re.compile(r"\[\w+\](?:/\[\w+\])*")


_WAY_ON: Final = re.compile('(?<=<main class="site-main">).*?(?=</main>)', re.DOTALL)


def with_words(html: str) -> str:
    """The built file as that of an address nothing is at: what it says until its script draws the same, or without."""
    nothing = (
        '<section class="problem"><p class="problem-code">404</p>'
        # No `h1`: the page has its own as soon as it is drawn.
        f'<p class="problem-title" role="heading" aria-level="1">{escape(t("Nothing at this address."))}</p>'
        f"<p>{escape(t('The page may have moved, or the address was mistyped.'))}</p>"
        f'<p><a href="/">{escape(t("Go to the start page"))}</a></p></section>'
    )
    spoken, site = interface_language(), escape(content().profile.site)
    words = (
        f'<div class="site" data-undrawn lang="{spoken}" dir="{direction(spoken)}">'
        f'<header class="site-header"><a class="brand" href="/">{site}</a></header>'
        f'<main class="site-main">{nothing}</main></div>'
    )
    title = f"<title>{escape(t('Not found'))} – {site}</title>"
    return _into_head(html, title).replace("</body>", f"{words}</body>", 1)


def _awaited() -> str:
    """The words of a page with a parameter until its script draws it."""
    start = f'<a href="/">{escape(t("the start page"))}</a>'
    way_on = "".join(parts("Pages that need none begin at {start}.", start=start))
    return (
        f'<div class="loading"><p class="loading-words">{escape(t("Reading the page…"))}</p>'
        f"<noscript><p>{escape(t('This page is drawn by a script.'))} {way_on}</p></noscript></div>"
    )


@dataclass(frozen=True, slots=True)
class Described:
    """A page with a parameter, and the value that an address gives it; of several, joined by slashes."""

    page: Page
    value: str

    async def exists(self, session_id: str) -> bool:
        """Whether there is anything for this session at the address; true where that can't be found out now."""
        if not self._is_a_name():
            return False
        try:
            await self.page.find(self.value, session_id)
        except (NotFound, InvalidValue):
            return False
        except AppError:
            return True
        return True

    def fill(self, html: str, origin: str, *, there: bool) -> str:
        """The built file as this page: what it is, and the way on for readers without a script.

        The title of an address nothing is at says so, unless something is `there`.
        """
        if not self._is_a_name():
            return html
        title, description = self._title(there=there), self.page.description
        names = {"robots": "noindex", "description": description, "twitter:card": "summary_large_image"}
        properties = {
            "og:type": "website",
            "og:title": title,
            "og:description": description,
            "og:url": f"{origin}{_PARAMETERS.sub(self.value, self.page.route)}",
            "og:image": f"{origin}{card_of(self.page)}",
        }
        # In here they are in no one's way: with scripts, React puts the page's own into the head.
        words = (
            f'<noscript><meta http-equiv="refresh" content="0; url={self.page.scriptless.format(self.value)}">',
            *(f'<meta name="{name}" content="{escape(value)}">' for name, value in names.items()),
            *(f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items()),
            "</noscript>",
        )
        html = re.sub("<title>.*?</title>", lambda _: f"<title>{escape(title)}</title>", html, count=1)
        html = _WAY_ON.sub(lambda _: _awaited(), html, count=1)
        return _into_head(html, "".join(words))

    def _is_a_name(self) -> bool:
        return re.fullmatch(self.page.parameter, self.value) is not None

    def _title(self, *, there: bool) -> str:
        about = f"{self.page.title} {self.value}" if there else t("Not found")
        return title_of(replace(self.page, title=about))


def document_of(pages: Iterable[Page], path: str) -> Described | None:
    """The page with a parameter that `path` belongs to, if there is one that has words of its own."""
    for page in pages:
        if page.scriptless:
            found = re.fullmatch(_PARAMETER.sub("([^/]+)", page.route) + "/?", path)
            if found:
                return Described(page, "/".join(found.groups()))
    return None


def _into_head(html: str, words: str) -> str:
    return html.replace("</head>", f"{words}</head>", 1)
