"""The front page's live section: post, and watch the backend do it."""

from portfolio_app.http.kit.page import Feature
from portfolio_app.http.live.page import SECTION

FEATURE = Feature("live", sections=(SECTION,))

__all__ = ["FEATURE"]
