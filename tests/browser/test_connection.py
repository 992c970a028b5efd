"""What a visitor sees when the network or the server goes away."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import BrowserContext, expect
from websockets.sync.client import connect

from portfolio_app.http.transport.frames import full
from portfolio_app.http.transport.frames.registry import PER_SESSION
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


def test_a_browser_with_too_many_tabs_is_told_so_on_the_page(visit: Visit) -> None:
    visitor = visit()
    context, origin = visitor.page.context, visitor.page.evaluate("location.origin")
    cookie = "; ".join(f"{kept['name']}={kept['value']}" for kept in context.cookies())
    with ExitStack() as others:
        for _ in range(PER_SESSION - 1):
            query = f"EIO=4&transport=websocket&token={uuid4()}"
            address = f"{origin.replace('http', 'ws')}/_event/?{query}"
            headers = {"cookie": cookie}
            other = connect(address, origin=origin, additional_headers=headers, proxy=None, compression=None)
            others.enter_context(other).send("40/_event,{}")
        one_more = Visitor(context.new_page())
        one_more.page.goto("/chat")
        expect(one_more.at("blocked")).to_contain_text(full.VISITOR)
        one_more.expect_connection("offline")
        visitor.expect_connection("live")
    one_more.at("blocked").get_by_role("link", name="Reload").click()
    one_more.expect_connection("live")
    expect(one_more.at("blocked")).to_have_count(0)
