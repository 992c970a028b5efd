"""Attacks on the running site: the front page's buttons and the tests run the same definitions."""

from portfolio_app.http.attacks.page import SECTION
from portfolio_app.http.kit.page import Feature

FEATURE = Feature("attacks", sections=(SECTION,))

__all__ = ["FEATURE"]
