"""Links from one article to another must lead somewhere."""

import re
from pathlib import Path
from typing import Final

from portfolio_app.http.content.errors import ContentError
from portfolio_app.http.content.model import Content

_LINK: Final = re.compile(r"\]\((/(?:work|writing)/[^)\s#?]+)")


def check(content: Content, folder: Path) -> None:
    """Raises ContentError for the first link to a case study or article that is not shown."""
    shown = {article.path for article in content.articles}
    for article in content.articles:
        file = folder / article.kind / f"{article.slug}.md"
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
            for target in _LINK.findall(line):
                if target not in shown:
                    raise ContentError(file, number, f"links to {target}, where nothing is shown")
