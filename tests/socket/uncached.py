"""The application, except that each scrape of its metrics is made anew."""

from portfolio_app.http.transport import monitoring
from portfolio_app.portfolio_app import app

monitoring.METRICS_CACHED_S = 0  # type: ignore[misc]  # constants elsewhere

__all__ = ["app"]
