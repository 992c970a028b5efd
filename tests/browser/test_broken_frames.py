"""What a visitor sees when the server sends nonsense, or a page can't be drawn."""

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, WebSocketRoute, expect
from reflex_base.constants.state import FIELD_MARKER

from portfolio_app.http.chat.feed import RoomFeed
from portfolio_app.http.home.pulse import PulseState
from portfolio_app.http.log.views import LogFeed
from tests.browser.scenes import text
from tests.browser.test_accessibility import violations
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import Site

NewContext = Callable[..., BrowserContext]
WELL_FORMED: dict[str, Any] = {
    "id": "m1",
    "rev": 1,
    "cid": "c1",
    "author": "demo",
    "tag": "",
    "body": "x",
    "at": 0,
}
MESSAGES_NOBODY_CAN_SHOW = (
    None,
    "rows",
    [None, 7, "row", {}],
    [WELL_FORMED | {"body": {"not": "text"}}],
    [WELL_FORMED | {"author": None}],
    [WELL_FORMED | {"at": 1e300}],
    [WELL_FORMED | {"rev": "9"}],
)
LOG_ROWS_NOBODY_CAN_SHOW = (None, [{}], [{"seq": 1}], [{"seq": 1, "pills": 3}])


class Tampered:
    """A tab whose websocket says what a test wants, besides what the server says."""

    def __init__(self, context: BrowserContext, path: str) -> None:
        self.sockets: list[WebSocketRoute] = []
        context.route_web_socket(re.compile("/_event/"), self._pass_on)
        self.visitor = Visitor.arrive(context.new_page(), path)

    def say(self, state: type, **values: object) -> None:
        """A state update, as the server would send it."""
        delta = {state.get_full_name(): {name + FIELD_MARKER: value for name, value in values.items()}}
        self.sockets[-1].send("42/_event," + json.dumps(["event", {"delta": delta}]))

    def _pass_on(self, socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        self.sockets.append(socket)


def test_rows_that_can_not_be_shown_are_left_out_and_the_room_goes_on(new_context: NewContext) -> None:
    tab = Tampered(new_context(), "/")
    before, after = text(), text()
    tab.visitor.post(before)
    tab.visitor.expect_message(before)
    for arrivals in MESSAGES_NOBODY_CAN_SHOW:
        tab.say(RoomFeed, arrivals=arrivals)
    for arrivals in LOG_ROWS_NOBODY_CAN_SHOW:
        tab.say(LogFeed, arrivals=arrivals)
    tab.say(RoomFeed, settled="soon", revision={"a": 1})
    tab.visitor.post(after)
    tab.visitor.expect_message(after)
    tab.visitor.expect_message(before)
    expect(tab.visitor.at("connection")).to_have_attribute("data-state", "live")


def test_messages_whose_browsers_made_the_same_id_keep_a_row_each(new_context: NewContext) -> None:
    tab, far = Tampered(new_context(), "/chat"), 1_000_000
    first, second, third = (
        WELL_FORMED | {"id": f"m{n}", "cid": cid, "body": text(), "rev": far + n}
        for n, cid in enumerate(("one", "another", "another"))
    )
    tab.say(RoomFeed, arrivals=[first, second, third])
    tab.visitor.expect_message(first["body"])
    tab.say(RoomFeed, arrivals=[first | {"status": "removed", "rev": far + 3}])
    expect(tab.visitor.message(first["body"])).to_have_count(0)
    tab.visitor.expect_message(second["body"])
    tab.visitor.expect_message(third["body"])


def test_a_page_that_can_not_be_drawn_shows_a_designed_one_and_is_reported(
    new_context: NewContext, site: Site
) -> None:
    tab = Tampered(new_context(reduced_motion="reduce"), "/")
    page, marker = tab.visitor.page, text().split()[-1]
    tab.say(PulseState, commit={marker: 1})
    expect(page.get_by_role("heading", name="Something broke here.")).to_be_visible(timeout=SOON_MS)
    assert violations(tab.visitor) == []
    expect(page.get_by_role("link", name="Portfolio")).to_be_visible()
    expect(page.get_by_text("reflex")).to_have_count(0)
    expect(page.get_by_text(marker)).to_have_count(0)
    page.get_by_role("link", name="Try again").click()
    tab.visitor.expect_connection("live")
    expect(tab.visitor.at("chat-log")).to_be_visible()
    assert re.search(f"a browser reports: .*{marker}", site.output())


def test_the_indicator_is_the_only_sign_of_a_lost_connection(new_context: NewContext) -> None:
    tab = Tampered(new_context(), "/chat")
    page = tab.visitor.page
    page.context.set_offline(True)
    tab.visitor.expect_connection("offline")
    assert page.locator("[title^='Connection Error']").count() == 0
    assert page.locator("[data-sonner-toaster]").count() == 0
    assert page.evaluate("[...document.body.children].map((child) => child.className).filter(Boolean)") == [
        "site"
    ]
