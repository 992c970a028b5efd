"""What pages say without JavaScript that no build can know: those with a parameter, and those that do not exist.

They all are one built file without any text, which its script fills.
"""

import re
from html import escape
from typing import Final

from portfolio_app.http.content.loader import content

BUILT: Final = "__spa-fallback.html"
FILE: Final = "404.html"
"""Where the framework copies what was built, to serve it."""
_RUN: Final = re.compile(r"/runs/([0-9a-f]{16})/?")


def with_words(html: str) -> str:
    """The built file, with a title and a way on for whoever runs no script."""
    words = (
        "<noscript><main><h1>This page is drawn by a script.</h1>"
        '<p>Pages that need none begin at <a href="/">the start page</a>.</p></main></noscript>'
    )
    return _into_head(html, f"<title>{escape(content().profile.site)}</title>").replace(
        "</body>", f"{words}</body>", 1
    )


def run_in(path: str) -> str | None:
    """The run whose page `path` is."""
    found = _RUN.fullmatch(path)
    return found and found[1]


def of_run(html: str, run: str, origin: str) -> str:
    """The built file as the page of a run: what it is, and its record for readers without a script."""
    # Pages import the middleware's neighbours; see route_names.
    from portfolio_app.http.build.head import card_of, title_of
    from portfolio_app.http.burst import run_page as page

    title, description = title_of(page.PAGE), page.PAGE.description
    named = {"robots": "noindex", "description": description, "twitter:card": "summary_large_image"}
    shared = {
        "og:type": "website",
        "og:title": title,
        "og:description": description,
        "og:url": f"{origin}/runs/{run}",
        "og:image": f"{origin}{card_of(page.PAGE)}",
    }
    # In here they stand in nobody's way: with scripts, React puts the page's own into the head.
    words = (
        f'<noscript><meta http-equiv="refresh" content="0; url=/api/runs/{run}.html">',
        *(f'<meta name="{name}" content="{escape(value)}">' for name, value in named.items()),
        *(f'<meta property="{name}" content="{escape(value)}">' for name, value in shared.items()),
        "</noscript>",
    )
    html = re.sub("<title>.*?</title>", lambda _: f"<title>{escape(title)}</title>", html, count=1)
    return _into_head(html, "".join(words))


def _into_head(html: str, words: str) -> str:
    return html.replace("</head>", f"{words}</head>", 1)
