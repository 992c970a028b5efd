"""One site and one Chromium for all browser tests; every test has visitors of its own."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.visitor import SOON_MS, PasserBy, Visitor
from tests.site import Site, running_site

expect.set_options(timeout=SOON_MS)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP visitor.test 127.0.0.1",  # an origin that is not the site's
]

STILL = {"reduced_motion": "reduce"}
"""How visitors come who do not look at what moves: one rule of assets/css/base.css ends each motion at once. Drawing
sixty pictures a second costs a browser without a graphics processor twice what a page costs it that stands."""
MOVING = {"reduced_motion": "no-preference"}
"""How the others come: to a page that is timed, has to stand still, or is looked at while something moves in it."""

QUICK_EXPECT = Path(__file__).with_name("quick_expect.cjs")


def executable() -> str:
    """The browser that `make test` found."""
    return os.environ.get("CHROMIUM") or "/usr/bin/chromium"


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site on SQLite with the limits of production."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser that `make test` found; closed before tests with an event loop of their own run."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:  # for Playwright's Node alone
            patch.setenv("NODE_OPTIONS", f"--require={QUICK_EXPECT}")
            playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=executable(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser profiles: each is a visitor with cookies of its own, and wants no motion unless it says so."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        contexts.append(chromium.new_context(**{"base_url": site.url, **STILL, **options}))
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def moderator_profile(chromium: Browser, site: Site) -> Any:
    """The cookies of a moderator; made once, because an address may not register without end."""
    context = chromium.new_context(base_url=site.url)
    username = f"mod{uuid4().hex[:10]}"
    Visitor(context.new_page()).register(username)
    site.promote(username)
    profile = context.storage_state()
    context.close()
    return profile


@pytest.fixture
def as_moderator(
    new_context: Callable[..., BrowserContext], moderator_profile: Any
) -> Callable[..., BrowserContext]:
    """Makes profiles that are signed in as a moderator."""
    return partial(new_context, storage_state=moderator_profile)


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext]) -> Callable[..., Visitor]:
    """Opens a page as a new visitor and waits until it is live."""

    def go(path: str = "/chat", **options: object) -> Visitor:
        return Visitor.arrive(new_context(**options).new_page(), path)

    return go


@pytest.fixture
def passer_by(site: Site) -> PasserBy:
    """Somebody who posts and looks at nothing: a tenth of the time of a second visitor."""
    return PasserBy(site.url)


TIMED = ("test_burst.py", "test_storm.py")
"""They time what a browser does: last, when the other tests of the gate have left it the machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, and let it come last: Playwright keeps an event loop running until the end."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: (item.get_closest_marker("browser") is not None, item.path.name in TIMED))
