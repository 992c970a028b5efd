"""The site for feed readers and search engines: Atom, sitemap, robots."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from xml.etree import ElementTree as ET

from portfolio_app.http.content.model import Article, Content

FEED: Final = "/feed.xml"
SITEMAP: Final = "/sitemap.xml"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_URLSET: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NOT_PAGES: Final = ("/api/", "/session/", "/unsent/", "/plain/", "/metrics")


def atom(content: Content, origin: str) -> bytes:
    """Every case study and article in full, newest first."""
    newest_first = sorted(content.articles, key=lambda article: article.changed, reverse=True)
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en", "xml:base": f"{origin}/"})
    _text(feed, "id", f"{origin}/")
    _text(feed, "title", content.profile.site)
    _text(feed, "subtitle", content.profile.tagline)
    _text(feed, "updated", _noon(newest_first[0].changed if newest_first else date(1970, 1, 1)))
    ET.SubElement(feed, "link", {"rel": "self", "href": f"{origin}{FEED}", "type": "application/atom+xml"})
    ET.SubElement(feed, "link", {"rel": "alternate", "href": f"{origin}/", "type": "text/html"})
    _text(ET.SubElement(feed, "author"), "name", content.profile.name)
    for article in newest_first:
        _entry(feed, article, origin)
    return _document(feed)


def sitemap(pages: Iterable[tuple[str, date | None]], origin: str) -> bytes:
    """Paths with the day of their last change, where that is known."""
    urlset = ET.Element("urlset", {"xmlns": _URLSET})
    for path, changed in pages:
        url = ET.SubElement(urlset, "url")
        _text(url, "loc", f"{origin}{path}")
        if changed:
            _text(url, "lastmod", changed.isoformat())
    return _document(urlset)


def robots(origin: str) -> str:
    """Everything may be read but what is no page."""
    refused = "".join(f"Disallow: {prefix}\n" for prefix in _NOT_PAGES)
    return f"User-agent: *\n{refused}\nSitemap: {origin}{SITEMAP}\n"


def _entry(feed: ET.Element, article: Article, origin: str) -> None:
    entry = ET.SubElement(feed, "entry")
    address = f"{origin}{article.path}"
    _text(entry, "id", address)
    _text(entry, "title", article.front.title)
    _text(entry, "published", _noon(article.front.date))
    _text(entry, "updated", _noon(article.changed))
    ET.SubElement(entry, "link", {"rel": "alternate", "href": address, "type": "text/html"})
    for tag in article.front.tags:
        ET.SubElement(entry, "category", {"term": tag})
    _text(entry, "summary", article.front.summary)
    _text(entry, "content", article.html, type="html")


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _noon(day: date) -> str:
    """Atom wants a moment; a day has none of its own."""
    return f"{day.isoformat()}T12:00:00Z"


def _document(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
