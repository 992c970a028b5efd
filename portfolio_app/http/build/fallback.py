"""Pages that no build can know, without JavaScript: those with a parameter, and those that do not exist.

They all are one built file without any text, which its script fills.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from portfolio_app.app.errors import AppError, NotFound
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.http.build.head import card_of, title_of
from portfolio_app.http.content.loader import content
from portfolio_app.http.kit.page import Page
from portfolio_app.words import parts, t

BUILT: Final = "__spa-fallback.html"
_PARAMETER: Final = re.compile(r"\[\w+\]")
_PARAMETERS: Final = re.compile(r"\[\w+\](?:/\[\w+\])*")


def with_words(html: str) -> str:
    """The built file, with a title and a way on for readers whose browser runs no script."""
    start = f'<a href="/">{escape(t("the start page"))}</a>'
    way_on = "".join(parts("Pages that need none begin at {start}.", start=start))
    words = f"<noscript><main><h1>{escape(t('This page is drawn by a script.'))}</h1><p>{way_on}</p></main></noscript>"
    return _into_head(html, f"<title>{escape(content().profile.site)}</title>").replace(
        "</body>", f"{words}</body>", 1
    )


@dataclass(frozen=True, slots=True)
class Described:
    """A page with a parameter, and the value that an address gives it; of several, joined by slashes."""

    page: Page
    value: str

    async def exists(self) -> bool:
        """Whether there is anything at this address; true where that can't be found out now."""
        if not self._is_a_name():
            return False
        try:
            await self.page.find(self.value)
        except (NotFound, InvalidValue):
            return False
        except AppError:
            return True
        return True

    def fill(self, html: str, origin: str) -> str:
        """The built file as this page: what it is, and the way on for readers without a script."""
        if not self._is_a_name():
            return html
        title, description = self._title(), self.page.description
        named = {"robots": "noindex", "description": description, "twitter:card": "summary_large_image"}
        shared = {
            "og:type": "website",
            "og:title": title,
            "og:description": description,
            "og:url": f"{origin}{_PARAMETERS.sub(self.value, self.page.route)}",
            "og:image": f"{origin}{card_of(self.page)}",
        }
        # In here they stand in nobody's way: with scripts, React puts the page's own into the head.
        words = (
            f'<noscript><meta http-equiv="refresh" content="0; url={self.page.scriptless.format(self.value)}">',
            *(f'<meta name="{name}" content="{escape(value)}">' for name, value in named.items()),
            *(f'<meta property="{name}" content="{escape(value)}">' for name, value in shared.items()),
            "</noscript>",
        )
        html = re.sub("<title>.*?</title>", lambda _: f"<title>{escape(title)}</title>", html, count=1)
        return _into_head(html, "".join(words))

    def _is_a_name(self) -> bool:
        return re.fullmatch(self.page.parameter, self.value) is not None

    def _title(self) -> str:
        return title_of(replace(self.page, title=f"{self.page.title} {self.value}"))


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
