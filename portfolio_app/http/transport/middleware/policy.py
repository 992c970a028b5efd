"""The Content-Security-Policy of each built page, with the hashes of its own inline scripts."""

import base64
import hashlib
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

NOTHING: Final = "default-src 'none'; frame-ancestors 'none'"
"""For answers that are no page."""
_NOT_FOUND: Final = "404.html"


class PagePolicies:
    """Policies by request path, computed once: the pages are built before the server starts.

    With no `documents` (development, where another server hands out the pages) every page gets `NOTHING`.
    """

    def __init__(self, documents: Path | None, origins: Iterable[str]) -> None:
        sockets = " ".join(sorted(origin.replace("http", "ws", 1) for origin in origins))
        self._policies = {}
        if documents is not None:
            for page in documents.rglob("*.html"):
                html = page.read_text(encoding="utf-8")
                self._policies[str(page.relative_to(documents))] = _policy(html, sockets)

    def of(self, path: str) -> str:
        """The policy of the page that the static file server answers `path` with."""
        inner = path.strip("/")
        for candidate in (inner, f"{inner}/index.html".lstrip("/"), f"{inner}.html", _NOT_FOUND):
            if candidate in self._policies:
                return self._policies[candidate]
        return NOTHING


def inline_script_hashes(html: str) -> list[str]:
    """`sha256-…` of every inline script, in the order of the page, each once."""
    reader = _Scripts()
    reader.feed(html)
    reader.close()
    return list(dict.fromkeys(source_hash(script) for script in reader.scripts))


def source_hash(text: str) -> str:
    """`sha256-…` of one inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _policy(html: str, sockets: str) -> str:
    hashes = " ".join(f"'{found}'" for found in inline_script_hashes(html))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {hashes}".rstrip(),
            "style-src 'self' 'unsafe-inline'",  # the styling library of Reflex writes style elements
            "img-src 'self' data:",
            "font-src 'self'",
            "manifest-src 'self'",
            f"connect-src 'self' {sockets}".rstrip(),
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag == "script" and "src" not in dict(attrs)
        if self._open:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 (the base class names it)
        self._open = False
