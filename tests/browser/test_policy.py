"""The Content-Security-Policy, as a real browser enforces it."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page

from portfolio_app.launcher.toolchain import ROOT
from tests.browser.visitor import Visitor
from tests.site import Site

Visit = Callable[..., Visitor]

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""


def watched(page: Page) -> Page:
    page.add_init_script(WATCH)
    return page


def violations(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.violations")
    return found


@pytest.mark.parametrize("path", ["/", "/chat"])
def test_no_page_of_ours_asks_for_more_than_its_policy_allows(
    new_context: Callable[..., Any], path: str
) -> None:
    """Not even once it is idle; what every page asks for as it opens is looked at in `test_pages.py`."""
    page = watched(new_context().new_page())
    page.goto(path)
    Visitor(page).expect_quiet()
    assert violations(page) == []


def test_the_chat_works_within_the_policy(new_context: Callable[..., Any]) -> None:
    visitor = Visitor.arrive(watched(new_context().new_page()), "/chat")
    visitor.post("within the policy")
    visitor.expect_message("within the policy")
    assert violations(visitor.page) == []


@pytest.mark.usefixtures("site")
def test_no_attribute_has_become_a_style_of_a_page() -> None:
    """The framework makes a style of each property that it does not know as an attribute of the element."""
    web = ROOT / ".web"
    compiled = [*(web / "app/routes").glob("*.jsx"), *(web / "app_components").rglob("*.jsx")]
    assert len(compiled) > 20
    assert {(page.name, *re.findall(r"css:.{60}", page.read_text())) for page in compiled} == {
        (page.name,) for page in compiled
    }


def test_a_script_that_gets_into_the_page_does_not_run(visit: Visit) -> None:
    page = watched(visit("/chat").page)
    page.reload()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = 'inline'";
            document.body.append(script);
            const image = document.createElement("img");
            image.setAttribute("onerror", "window.ran = 'attribute'");
            image.src = "/nothing.png";
            document.body.append(image);
            const other = document.createElement("script");
            other.src = "data:text/javascript,window.ran='data'";
            document.body.append(other);
        }"""
    )
    page.wait_for_function("window.violations.length >= 3")
    assert page.evaluate("window.ran") is None


def test_text_is_not_evaluated(visit: Visit) -> None:
    # A timer given text evaluates it as the page would; what a test evaluates itself is exempt.
    page = visit("/chat").page
    page.evaluate("() => { setTimeout('window.ran = 1', 0) }")
    page.evaluate("() => new Promise((done) => setTimeout(done, 0))")  # timers end in their order
    assert page.evaluate("window.ran") is None


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """The address of another site, which serves `tmp_path`."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/chat/", "/second-tab"])
def test_no_page_can_be_framed(
    site: Site, new_context: Callable[..., Any], elsewhere: str, tmp_path: Path, path: str
) -> None:
    (tmp_path / "host.html").write_text(f'<iframe src="{site.url}{path}"></iframe>')
    page = new_context().new_page()
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"{elsewhere}/host.html")
