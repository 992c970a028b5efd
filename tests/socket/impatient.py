"""The application, except that a terminal has `READ_WITHIN_S` to take a chunk of its stream."""

from portfolio_app.http.log import routes as response
from portfolio_app.portfolio_app import app
from tests.socket.terminal import READ_WITHIN_S

response.SEND_WITHIN_S = READ_WITHIN_S  # type: ignore[misc]

__all__ = ["app"]
