"""The showcase: its words on this project, the tests that prove them, and the code they are about."""

from portfolio_app.http.kit.page import Feature
from portfolio_app.http.showcase.capabilities_page import CAPABILITIES, live_crossing
from portfolio_app.http.showcase.page import PAGE, SECTIONS
from portfolio_app.http.showcase.proof import CLAIMS
from portfolio_app.http.showcase.state import ShowcaseState

FEATURE = Feature("showcase", pages=lambda: (PAGE,) if CLAIMS else (), sections=(*SECTIONS, CAPABILITIES))

__all__ = ["FEATURE", "ShowcaseState", "live_crossing"]
