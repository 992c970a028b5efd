"""The application, except that a terminal has one second to take a chunk of its stream."""

from portfolio_app.http.log import stream_response as response
from portfolio_app.portfolio_app import app

response.SEND_WITHIN_S = 1  # type: ignore[misc]

__all__ = ["app"]
