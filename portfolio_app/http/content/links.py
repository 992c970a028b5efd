"""Links to an article must lead somewhere."""

import re
from pathlib import Path
from typing import Final

from portfolio_app.http.content.errors import ContentError
from portfolio_app.http.content.model import Content
from portfolio_app.http.content.toml import line_of_key

_TO_AN_ARTICLE: Final = re.compile(r"(/(?:work|writing)/[^?#]+?)/?(?:[?#].*)?")


def check(content: Content, folder: Path) -> None:
    """Raises ContentError for the first link to a case study or article that is not shown."""
    shown = {article.path for article in content.articles}
    for article in content.articles:
        for link in article.links:
            if reason := _dead(link.href, shown):
                raise ContentError(folder / article.kind / f"{article.slug}.md", link.line, reason)
    profile = folder / "profile.toml"
    for number, own in enumerate(content.profile.links):
        if reason := _dead(own.href, shown):
            line = line_of_key(profile.read_text(encoding="utf-8"), ("links", number, "href"))
            raise ContentError(profile, 1 + line, reason)


def _dead(href: str, shown: set[str]) -> str:
    found = _TO_AN_ARTICLE.fullmatch(href)
    return f"links to {found[1]}, where nothing is shown" if found and found[1] not in shown else ""
