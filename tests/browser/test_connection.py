"""What a visitor sees when the network or the server goes away."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import running_site

Visit = Callable[..., Visitor]


def test_a_tab_that_was_offline_catches_up_by_itself(visit: Visit) -> None:
    away, other = visit(), visit()
    away.page.context.set_offline(True)
    away.expect_connection("offline")
    missed = [text() for _ in range(3)]
    for body in missed:
        other.post(body)
        other.expect_message(body)
    away.page.context.set_offline(False)
    away.expect_connection("live")
    for body in missed:
        away.expect_message(body)


def test_a_restarted_server_is_found_again_and_nothing_is_lost(
    new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    kept, while_down = text(), text()
    with running_site(tmp_path) as first:
        port = int(first.url.rsplit(":", 1)[1])
        visitor = Visitor.arrive(new_context(base_url=first.url).new_page(), "/chat")
        visitor.post(kept)
        visitor.expect_message(kept)
    visitor.expect_connection("reconnecting")
    visitor.post(while_down)
    visitor.expect_message(while_down, "sending")
    with running_site(tmp_path, port=port):
        expect(visitor.at("connection")).to_have_attribute("data-state", "live", timeout=3 * SOON_MS)
        visitor.expect_message(kept)
        visitor.expect_message(while_down)
        visitor.page.context.close()
