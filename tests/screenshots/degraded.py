"""Ways to arrive at the front page where something is missing: scripts, websockets, cookies, room."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser.test_degraded import FILL, FORBID, forget_cookies

SOCKETS = re.compile("/_event/")


@dataclass(frozen=True, slots=True)
class Way:
    """A way to arrive where something is missing: what the page says then, as the `data-reason` of its notice.

    `options` are those of the browser's profile, `elsewhere` stands for the host in the address.
    """

    reason: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    elsewhere: str = "localhost"
    is_live: bool = False


DEGRADED = {
    "without-scripts": Way(options={"java_script_enabled": False}),
    "without-websocket": Way("websocket"),
    "wrong-origin": Way("origin", elsewhere="visitor.test"),
    "unreachable": Way("unreachable"),
    "without-cookies": Way("cookies", is_live=True),
    "storage-full": Way("full", is_live=True),
    "storage-blocked": Way("blocked", is_live=True),
    "forced-colours": Way(options={"forced_colors": "active"}, is_live=True),
}


def nothing(_page: Page) -> None:
    """Nothing is in the way."""


def fill(page: Page) -> None:
    """Leave no room in its storage."""
    page.goto("/robots.txt")
    page.evaluate(FILL)


def refuse_websockets(page: Page) -> None:
    """Close each as it opens."""
    page.route_web_socket(SOCKETS, lambda socket: socket.close())


def cut_off(page: Page) -> None:
    """Refuse all that is live."""
    refuse_websockets(page)
    page.route(re.compile("/api/"), lambda route: route.abort())


HINDRANCES: Mapping[str, Callable[[Page], None]] = {
    "without-websocket": refuse_websockets,
    "unreachable": cut_off,
    "without-cookies": forget_cookies,
    "storage-full": fill,
    "storage-blocked": lambda page: page.add_init_script(FORBID),
}
