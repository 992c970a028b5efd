"""The application with short deadlines, a small memory for traces, and metrics made anew with each scrape.

The constants are `Final` for the site itself: only this entry point of the tests assigns them, hence the ignores.
"""

from portfolio_app.http.transport import monitoring
from portfolio_app.http.transport.frames import send_queue
from portfolio_app.infra import descriptors
from portfolio_app.infra.tracing import sessions
from portfolio_app.launcher import deadlines
from portfolio_app.portfolio_app import app

monitoring.METRICS_CACHED_S = 0  # type: ignore[misc]  # constants elsewhere
monitoring.READINESS_CACHED_S = 0  # type: ignore[misc]  # constants elsewhere
send_queue.SWEEP_S = 0.5  # type: ignore[misc]
deadlines.HEAD_S = 3.0  # type: ignore[misc]
deadlines.BODY_S = 3.0  # type: ignore[misc]
descriptors.LOOK_EVERY_S = 0.2  # type: ignore[misc]
descriptors.SHORT_S = 1.0  # type: ignore[misc]
sessions.MAX_SESSIONS = 100  # type: ignore[misc]

__all__ = ["app"]
