"""The application, except that it takes six requests of bursts and no more."""

from functools import partial

from portfolio_app import bootstrap
from portfolio_app.app.burst.budget import Budget
from portfolio_app.portfolio_app import app

REQUESTS = 6

bootstrap.Budget = partial(Budget, REQUESTS, 0)  # type: ignore[misc, assignment]

__all__ = ["app"]
