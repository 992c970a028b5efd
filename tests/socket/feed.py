"""A tab's view of its session's feed."""

import secrets
from typing import Any, Self

from tests.socket.client import State, Tab
from tests.socket.visitor import Visitor

Row = dict[str, Any]


class Feed:
    """Collects what is pushed to a tab from now on."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.rows: list[Row] = []
        self.network: list[Row] = []
        self.pushes: list[int] = []
        """Bytes of each push of the feed."""
        tab.watch = self._take

    @classmethod
    async def of(cls, tab: Tab, path: str = "/chat") -> Self:
        """Load the page, then collect. Opening the front page is in the feed as well."""
        await tab.boot(path)
        return cls(tab)

    async def post(self, body: str = "hello") -> str:
        """Post a message and wait for its rows; returns its request id."""
        before, cid = len(self.posts), secrets.token_hex(10)
        await self.tab.call(
            f"{self.tab.find('chat_state')}.send", {"client_id": cid, "body": body}, path="/chat"
        )
        await self.tab.until(lambda: len(self.posts) > before)
        request_id: str = self.posts[before]["request_id"]
        await self.tab.until(lambda: any(row["target"] == "demo.push" for row in self.of_request(request_id)))
        return request_id

    async def catch_up(self, visitor: Visitor) -> None:
        """Make a request and wait for its row: by then everything before it has been pushed."""
        answer = await visitor.http.get("/api/live", headers=visitor.jar)
        last = answer.headers["x-request-id"]
        await self.tab.until(lambda: any(row["request_id"] == last for row in self.network))

    @property
    def posts(self) -> list[Row]:
        """The posts among the network rows."""
        return [row for row in self.network if row["path"] == "chat.send"]

    def of_request(self, request_id: str) -> list[Row]:
        """The log rows of one request."""
        return [row for row in self.rows if row["request_id"] == request_id]

    def _take(self, delta: State) -> None:
        for name, values in delta.items():
            if name.endswith("log_feed"):
                self.rows += values.get("arrivals_rx_state_", [])
                self.network += values.get("requests_rx_state_", [])
                self.pushes.append(len(repr(values)))
