"""Sees what a page does behind a visitor's back: requests, complaints, shifts of the layout, long tasks."""

import json
from typing import Any, cast

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.pace import Pace

TIMELINE = "disabled-by-default-devtools.timeline"
OBSERVERS = """
window.witnessed = { shift: 0, blocked: [] };
const observe = (type, use) =>
  new PerformanceObserver((list) => list.getEntries().forEach(use)).observe({ type, buffered: true });
observe("layout-shift", (entry) => { if (!entry.hadRecentInput) witnessed.shift += entry.value; });
addEventListener("securitypolicyviolation", (event) => witnessed.blocked.push(event.violatedDirective));
"""


class Witness:
    """Made before the first page of `context` is opened; tells afterwards."""

    def __init__(self, context: BrowserContext) -> None:
        self.requested: list[str] = []
        self.complaints: list[str] = []
        self._browser: Browser | None = None
        self._pace: Pace | None = None
        context.add_init_script(OBSERVERS)
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("page", self._on_page)

    def foreign(self, origin: str) -> list[str]:
        """Requests and sockets that went anywhere but to `origin`."""
        own = (origin, origin.replace("http", "ws", 1))
        return [url for url in self.requested if not url.startswith((*own, "data:", "blob:"))]

    @staticmethod
    def saw(page: Page) -> dict[str, Any]:
        """What the observers inside the page have counted."""
        return cast("dict[str, Any]", page.evaluate("witnessed"))

    def time_tasks(self, page: Page) -> None:
        """Time what the main thread of `page` does from here on."""
        self._browser = page.context.browser
        assert self._browser is not None
        # Nothing else: with the categories of every trace, a burst's is a hundred megabytes.
        self._browser.start_tracing(page=page, categories=["-*", TIMELINE])
        self._pace = Pace()

    def longest_task_ms(self) -> float:
        """Processor time of the longest task since then, whatever else the machine was doing, at its usual pace.

        Of main threads only: the end of a worker, which clears its heap, holds nobody up.
        """
        assert self._browser is not None
        assert self._pace is not None
        worst = self._pace.worst()
        events = json.loads(self._browser.stop_tracing())["traceEvents"]
        threads = [event for event in events if event["name"] == "thread_name"]
        main = {
            (event["pid"], event["tid"]) for event in threads if event["args"]["name"] == "CrRendererMain"
        }
        took = [
            event["tdur"] / 1000
            for event in events
            if event["name"] == "RunTask" and "tdur" in event and (event["pid"], event["tid"]) in main
        ]
        return max(took) / worst

    def _on_page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self.requested.append(socket.url))

    def _on_request(self, request: Request) -> None:
        self.requested.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)
