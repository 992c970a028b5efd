"""The site for machines: Atom and JSON feeds, sitemap, robots, and the index that its own search reads."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape, unescape
from typing import Any, Final
from xml.etree import ElementTree as ET

from portfolio_app.domain.spelling import is_of_words, stands_alone
from portfolio_app.http.content.model import Article, Content

INDEX: Final = "/search.json"
INDEXED_BYTES: Final = 1_000
"""Bytes of each page in the index: 30 KB for thirty."""
_SHORTEST_WORD: Final = 3
SITEMAP: Final = "/sitemap.xml"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_URLSET: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NOT_PAGES: Final = ("/api/", "/session/", "/unsent/", "/plain/", "/metrics")


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed: `page` is where readers see the same articles, `path` its own address without the ending."""

    title: str
    page: str
    path: str
    articles: Sequence[Article]

    @property
    def newest_first(self) -> list[Article]:
        """The articles by the day of their last change, newest first."""
        return sorted(self.articles, key=lambda article: article.changed, reverse=True)


def whole_feed(content: Content) -> Feed:
    """Every case study and article."""
    return Feed(content.profile.site, "/", "/feed", content.articles)


def atom(content: Content, origin: str, feed: Feed | None = None) -> bytes:
    """The articles of `feed` (all, by default) in full, newest first."""
    of = feed or whole_feed(content)
    newest_first = of.newest_first
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": content.profile.lang, "xml:base": f"{origin}/"})
    _text(root, "id", f"{origin}{of.page}")
    _text(root, "title", of.title)
    _text(root, "subtitle", content.profile.tagline)
    _text(root, "updated", _noon(newest_first[0].changed if newest_first else date(1970, 1, 1)))
    ET.SubElement(
        root, "link", {"rel": "self", "href": f"{origin}{of.path}.xml", "type": "application/atom+xml"}
    )
    ET.SubElement(root, "link", {"rel": "alternate", "href": f"{origin}{of.page}", "type": "text/html"})
    _text(ET.SubElement(root, "author"), "name", content.profile.name)
    for article in newest_first:
        _entry(root, article, origin)
    return _document(root)


def json_feed(content: Content, origin: str, feed: Feed | None = None) -> dict[str, Any]:
    """The articles of `feed` as JSON Feed 1.1, which has no base: addresses in it are whole."""
    of = feed or whole_feed(content)
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": of.title,
        "description": content.profile.tagline,
        "home_page_url": f"{origin}{of.page}",
        "feed_url": f"{origin}{of.path}.json",
        "language": content.profile.lang,
        "authors": [{"name": content.profile.name, "url": f"{origin}/"}],
        "items": [
            {
                "id": f"{origin}{article.path}",
                "url": f"{origin}{article.path}",
                "title": article.front.title,
                "summary": article.front.summary,
                "content_html": _whole_addresses(_fed(article), origin),
                "date_published": _noon(article.front.date),
                "date_modified": _noon(article.changed),
                "tags": list(article.front.tags),
                **({"language": article.front.lang} if article.front.lang else {}),
            }
            for article in of.newest_first
        ],
    }


def search_index(pages: Iterable[tuple[str, str, str]], articles: Iterable[Article]) -> bytes:
    """Address, title, description and telling words of each page, as JSON: at most 1,000 bytes each."""
    texts = {
        article.path: (article.front.title, article.front.summary, _words(article)) for article in articles
    }
    texts |= {path: (title, text, Counter[str]()) for path, title, text in pages if path not in texts}
    spread = Counter(word for _, _, words in texts.values() for word in words)
    entries = (_indexed(path, title, text, words, spread) for path, (title, text, words) in texts.items())
    return b"[" + b",\n".join(entries) + b"]"


def _words(article: Article) -> Counter[str]:
    own = [*article.front.tags, *(heading.text for heading in article.headings)] * 3
    text = unescape(re.sub(r"<[^>]*>", " ", _read_elsewhere(article.html)))
    said = " ".join([*own, text]).lower()
    words = "".join(ch if is_of_words(ch) or stands_alone(ch) else " " for ch in said)
    return Counter(word for word in words.split() if len(word) >= _SHORTEST_WORD or not word.isascii())


def _indexed(path: str, title: str, text: str, words: Counter[str], spread: Counter[str]) -> bytes:
    """Words that few pages have come first, then those that this one has often."""
    telling = sorted(words, key=lambda word: (-words[word] / spread[word], spread[word], word))
    kept: list[str] = []
    left = INDEXED_BYTES - len(_json([path, title, text, ""])) - len(",\n")
    for word in telling:
        left -= len(_json(word)) - 1
        if left < 0:
            break
        kept.append(word)
    return _json([path, title, text, " ".join(kept)])


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _read_elsewhere(html: str) -> str:
    """The HTML without what only this site's pages keep apart: the second of two pictures, and enlarged ones."""
    once = re.sub(r"<dialog popover .*?</dialog>", "", html)
    plain = re.sub(r"<button [^>]*data-enlarge [^>]*>(.*?)</button>", r"\1", once)
    return re.sub(r'<picture data-shown-in="dark">.*?</picture>', "", plain)


def _whole_addresses(html: str, origin: str) -> str:
    """Addresses of this site in the attributes of elements; text has its quotes escaped, so it holds none."""

    def whole(found: re.Match[str]) -> str:
        addresses = ", ".join(f"{origin}{address}" for address in found[2].split(", "))
        return f' {found[1]}="{addresses}"'

    return re.sub(r' (href|src|srcset)="(/[^"]*)"', whole, html)


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
    """The robots.txt, which allows pages and disallows endpoints."""
    refused = "".join(f"Disallow: {prefix}\n" for prefix in _NOT_PAGES)
    return f"User-agent: *\n{refused}\nSitemap: {origin}{SITEMAP}\n"


def _entry(feed: ET.Element, article: Article, origin: str) -> None:
    entry = ET.SubElement(feed, "entry", {"xml:lang": article.front.lang} if article.front.lang else {})
    address = f"{origin}{article.path}"
    _text(entry, "id", address)
    _text(entry, "title", article.front.title)
    _text(entry, "published", _noon(article.front.date))
    _text(entry, "updated", _noon(article.changed))
    ET.SubElement(entry, "link", {"rel": "alternate", "href": address, "type": "text/html"})
    for tag in article.front.tags:
        ET.SubElement(entry, "category", {"term": tag})
    _text(entry, "summary", article.front.summary)
    _text(entry, "content", _fed(article), type="html")


def _fed(article: Article) -> str:
    """The content of a feed's entry: the article's text, or the summary of one without."""
    return _read_elsewhere(article.html) or f"<p>{escape(article.front.summary)}</p>"


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _noon(day: date) -> str:
    """Atom wants a moment; a day has none of its own."""
    return f"{day.isoformat()}T12:00:00Z"


def _document(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
