"""The owner's words as pages: case studies, articles, the résumé, and the feed of them."""

from portfolio_app.http.kit.page import Feature, NavEntry
from portfolio_app.http.writing.page import written_pages
from portfolio_app.http.writing.routes import routes

FEATURE = Feature(
    "writing",
    pages=written_pages,
    routes=routes(),
    nav=(
        NavEntry("Work", "/work", order=10),
        NavEntry("Writing", "/writing", order=20),
        NavEntry("Résumé", "/resume", order=30),
    ),
)

__all__ = ["FEATURE"]
