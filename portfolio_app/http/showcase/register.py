"""All claims of the site, in the order in which the page /proof lists them."""

from dataclasses import dataclass
from typing import Final

from portfolio_app.http.content.loader import content
from portfolio_app.http.showcase.capabilities import CAPABILITIES
from portfolio_app.http.showcase.claims import Claim
from portfolio_app.http.showcase.highlights import HIGHLIGHTS, SLICES
from portfolio_app.http.showcase.patterns import CONCRETE, PATTERNS
from portfolio_app.http.showcase.stats import STATS


@dataclass(frozen=True, slots=True)
class Chapter:
    """The claims of one section of the front page."""

    title: str
    claims: tuple[Claim, ...]


_BY_SECTION: Final = {
    "stats": Chapter("At a glance", STATS),
    "capabilities": Chapter("Capabilities", CAPABILITIES),
    "highlights": Chapter("High-signal slices", (SLICES, *(highlight.claim for highlight in HIGHLIGHTS))),
    "patterns": Chapter(
        "Code patterns",
        (CONCRETE, *(claim for pattern in PATTERNS for claim in (pattern.claim, pattern.why))),
    ),
}
CHAPTERS: Final = tuple(
    chapter for section, chapter in _BY_SECTION.items() if content().profile.shows(section)
)
"""A section that the front page does not show claims nothing."""
CLAIMS: Final = tuple(claim for chapter in CHAPTERS for claim in chapter.claims)
