"""The application, except that it takes six requests of bursts and no more."""

from portfolio_app import bootstrap
from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.portfolio_app import app

REQUESTS = 6

bootstrap.TokenBucket = lambda *_: TokenBucket(0, REQUESTS)  # type: ignore[misc, assignment]

__all__ = ["app"]
