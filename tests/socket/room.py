"""A tab in a room: what it shows, merged by the same rules as `chat/room.js`, and posting by hand."""

import asyncio
import contextlib
import secrets
from typing import Any

from tests.socket.client import State, Tab

REPAIRS_S = (0.12, 0.5, 1.5, 4.0)
"""As in `revisions.js`: a tab that asked in vain asks less often. Asked five times a second by twenty tabs, a busy
server answers nothing else, and an edit waits for half a minute behind its own tab's questions."""
CATCH_UP_LIMIT = 500
"""As in `app/chat/read_room.py`: a tab further behind starts over with the window."""


class RoomView:
    """Rows by id; outlives the sockets it is fed from."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.last = 0
        self.low = 0
        """The first place in the room whose message is here."""
        self.expected = 0
        self.answers: dict[str, dict[str, Any]] = {}
        self._ahead: set[int] = set()
        self._cut_short = asyncio.Event()

    def take(self, delta: State) -> None:
        """Merge one state update."""
        for name, values in delta.items():
            if name.endswith("chat_state"):
                self._take_chat(values)
            elif name.endswith("room_feed"):
                for row in values.get("arrivals_rx_state_", []):
                    self._change(row)
                self._settle(values.get("settled_rx_state_", 0))
                self.expected = max(self.expected, values.get("revision_rx_state_", 0))
                if values.get("more_rx_state_"):
                    self._cut_short.set()

    def bodies(self, since: int = 0) -> list[str]:
        """What the tab shows of the changes after revision `since`, from top to bottom."""
        rows = [row for row in self.rows.values() if row["rev"] > since]
        visible = [row for row in rows if row.get("status", "visible") == "visible"]
        return [row["body"] for row in sorted(visible, key=_place)]

    async def repair(self, tab: Tab, path: str = "/chat") -> None:
        """Ask for what is missing until cancelled, as the page does: ever less often, or at once for the next page."""
        asked = 0
        while True:
            before = self.last
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._cut_short.wait(), REPAIRS_S[min(asked, len(REPAIRS_S) - 1)])
            self._cut_short.clear()
            asked = 0 if self.last > before else asked
            if self.last < self.expected:
                asked += 1
                await tab.call(f"{tab.find('chat_state')}.repair", {"after": self.last}, path=path)

    def _take_chat(self, values: dict[str, Any]) -> None:
        if window := values.get("window_rx_state_"):
            if not self.rows or window["rev"] - self.last > CATCH_UP_LIMIT:
                self._start_over(window)
            for row in window["rows"]:
                self._change(row)
            self.expected = max(self.expected, window["rev"])
        if (outcome := values.get("outcome_rx_state_")) and outcome["cid"]:
            self.answers[outcome["cid"]] = outcome
            self.expected = max(self.expected, outcome["rev"])

    def _start_over(self, window: dict[str, Any]) -> None:
        self.rows, self._ahead = {}, set()
        self.last, self.low = window["rev"], window["low"]

    def _change(self, row: dict[str, Any]) -> None:
        known = self.rows.get(row["id"])
        if known is None or row["rev"] >= known["rev"]:
            self.rows[row["id"]] = row
        if row["rev"] > self.last:
            self._ahead.add(row["rev"])
            self._advance()
            self.expected = max(self.expected, row["rev"])
        if 0 < _place(row) < self.low:
            del self.rows[row["id"]]

    def _settle(self, revision: int) -> None:
        self.last = max(self.last, revision)
        self._ahead = {known for known in self._ahead if known > self.last}
        self._advance()

    def _advance(self) -> None:
        while self.last + 1 in self._ahead:
            self._ahead.remove(self.last + 1)
            self.last += 1


def _place(row: dict[str, Any]) -> int:
    return int(row.get("pos", row["rev"]))


async def post(tab: Tab, body: str, path: str = "/chat") -> str:
    """Post and wait for the answer."""
    client_id = secrets.token_hex(10)
    await tab.call(f"{tab.find('chat_state')}.send", {"client_id": client_id, "body": body}, path=path)
    await tab.until(lambda: (tab.value("chat_state", "outcome") or {}).get("cid") == client_id)
    return client_id
