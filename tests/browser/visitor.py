"""What a visitor can do and see, in the words of a visitor."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

import httpx
from playwright.sync_api import Locator, Page, expect

from portfolio_app.http.chat.composer import MESSAGE

SOON_MS = 30_000
"""Longer than anything takes: only what is broken waits until the end."""

ABROAD = "America/St_Johns"
"""A zone whose clock differs from the server's by half an hour, too."""

QUIET = """() => {
  const asked = performance.getEntriesByType("resource").map((entry) => entry.responseEnd || Infinity);
  return document.readyState === "complete" && performance.now() - Math.max(0, ...asked) > 1_500;
}"""


def expect_in_zone(time: Locator) -> None:
    """What is read there is what machines read, by a clock abroad."""
    expect(time).to_have_attribute("datetime", re.compile("Z$"))
    at = datetime.fromisoformat(time.get_attribute("datetime") or "").astimezone(ZoneInfo(ABROAD))
    expect(time).to_contain_text(re.compile(f"\\b0?{at.hour % 12 or 12}:{at:%M}|{at:%H:%M}"))


@dataclass(frozen=True, slots=True)
class Visitor:
    """One tab."""

    page: Page

    @classmethod
    def arrive(cls, page: Page, path: str) -> Self:
        """Open `path` and wait until the tab is live."""
        visitor = cls(page)
        page.goto(path)
        visitor.expect_connection("live")
        return visitor

    def expect_arrival(self, tabs: int = 1) -> None:
        """Wait until the log has what opening the front page made the server do, in so many tabs of this session."""
        opened = self.page.locator("[data-testid=network-row][data-path='page.open']")
        expect(opened).to_have_count(tabs, timeout=SOON_MS)
        # Its first rows: of many that come at once, the newest are drawn first.
        handshakes = self.at("log-row").filter(has_text="websocket handshake")
        expect(handshakes).to_have_count(tabs, timeout=SOON_MS)

    def second_tab(self, path: str = "/chat") -> Self:
        """Another tab of the same browser, hence of the same session."""
        return type(self).arrive(self.page.context.new_page(), path)

    def at(self, test_id: str) -> Locator:
        """Elements by their test id."""
        return self.page.get_by_test_id(test_id)

    def expect_connection(self, state: str) -> None:
        """Wait until the connection shows `state`."""
        expect(self.at("connection")).to_have_attribute("data-state", state, timeout=SOON_MS)

    def expect_quiet(self) -> None:
        """Wait until the page has fetched nothing for a while, not even what it fetches once it is idle."""
        self.page.wait_for_function(QUIET, timeout=SOON_MS, polling=250)  # not in each frame

    def post(self, body: str) -> None:
        """Type a message and send it."""
        self.at("chat-input").fill(body)
        self.at("chat-send").click()

    def posts(self) -> Locator:
        """Rows of the network table that are posts."""
        return self.page.locator("[data-testid=network-row][data-path='chat.send']")

    def message(self, body: str) -> Locator:
        """Rows that say exactly `body`."""
        return self.at("chat-message").filter(has=self.page.get_by_text(body, exact=True))

    def expect_message(self, body: str, status: str = "visible") -> None:
        """Wait until `body` is shown once, with `status`."""
        expect(self.message(body)).to_have_count(1, timeout=SOON_MS)
        expect(self.message(body)).to_have_attribute("data-status", status, timeout=SOON_MS)

    def register(self, username: str, password: str = "correct horse battery") -> None:
        """Make an account and arrive signed in."""
        self._open("/register")
        self.at("field-email").fill(f"{username}@example.org")
        self.at("field-username").fill(username)
        self.at("field-password").fill(password)
        self.at("submit").click()
        expect(self.at("current-user")).to_have_text(username, timeout=SOON_MS)

    def sign_in(self, login: str, password: str = "correct horse battery") -> None:
        """Fill the sign-in form and send it."""
        self._open("/sign-in")
        self.at("field-username").fill(login)
        self.at("field-password").fill(password)
        self.at("submit").click()

    def _open(self, path: str) -> None:
        """Go there, unless this tab is there already."""
        if not self.page.url.endswith(path):
            self.page.goto(path)
        self.expect_connection("live")


@dataclass(frozen=True, slots=True)
class PasserBy:
    """A guest without a page, who posts by the plain form; each post is one of a new session."""

    url: str

    def post(self, body: str, room: str = "lobby") -> None:
        """Post a message, and see that it is accepted."""
        message, origin = {"body": body, "at": f"/chat/{room}"}, {"origin": self.url}
        answer = httpx.post(f"{self.url}{MESSAGE.path}", data=message, headers=origin, timeout=SOON_MS / 1000)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
