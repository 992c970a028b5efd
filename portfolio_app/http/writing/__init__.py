"""The owner's words as pages: case studies, articles, the résumé, and the feed of them."""

from portfolio_app.http.content.loader import content
from portfolio_app.http.kit.page import Feature, NavEntry
from portfolio_app.http.writing.pages import SECTIONS, written_pages
from portfolio_app.http.writing.routes import routes
from portfolio_app.words import t

FEATURE = Feature(
    "writing",
    pages=written_pages,
    routes=routes(),
    sections=SECTIONS,
    nav=(
        NavEntry(t("Work"), "/work", order=10),
        NavEntry(t("Writing"), "/writing", order=20),
        *([NavEntry(t("Résumé"), "/resume", order=30)] if content().profile.resume else []),
    ),
)

__all__ = ["FEATURE"]
