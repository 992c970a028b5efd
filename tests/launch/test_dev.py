"""`make dev` in a copy of the checkout, with the words and demos of a new site outside of it.

What is saved is seen in the open page, and so is what is wrong.
"""

import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import httpx
import psutil
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from portfolio_app.launcher.scaffold import new_site
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.launch.developer import SEEN_MS, Dev, copied_checkout, until, wait_for_line
from tests.site import UNSET

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(400)]
FORM = "portfolio_app/http/account/parts.py"
STATE = "portfolio_app/http/account/state.py"
ARTICLE = "../mine/content/writing/first-article.md"


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Started once; every test leaves the files as they were."""
    place = tmp_path_factory.mktemp("dev")
    root, log = place / "checkout", place / "terminal.log"
    copied_checkout(root)
    mine = place / "mine"
    new_site(mine)
    while True:
        # Below the ephemeral ports, which the system gives to clients.
        port = random.randrange(10_000, 30_000)
        with suppress(OSError), socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            break
    variables = {"PORT": str(port), "DATA_DIR": str(place / "data"), "RATE_LIMITS": "off"}
    variables |= {"CONTENT_DIR": "../mine/content", "DEMOS_DIR": "../mine/demos"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "portfolio_app", "dev"],
            cwd=root,
            env=os.environ | UNSET | variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for_line(log, process, f"Ready on http://localhost:{port}")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=CHROMIUM_FLAGS
            )
            page = browser.new_page(base_url=f"http://localhost:{port}")
            yield Dev(root, mine, port, log, process, page)
            browser.close()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


@pytest.fixture
def page(dev: Dev) -> Page:
    """The sign-in page, live."""
    dev.page.goto("/sign-in", timeout=SEEN_MS)
    expect(dev.page.get_by_test_id("connection")).to_have_attribute("data-state", "live", timeout=SEEN_MS)
    return dev.page


def test_a_saved_text_is_seen_and_the_draft_is_kept(dev: Dev, page: Page) -> None:
    page.get_by_test_id("field-email").fill("someone@example.org")
    with dev.saved(FORM, "No account yet?", "Not known here?"):
        expect(page.locator("main")).to_contain_text("Not known here?", timeout=SEEN_MS)
        expect(page.get_by_test_id("field-email")).to_have_value("someone@example.org")
    expect(page.locator("main")).to_contain_text("No account yet?", timeout=SEEN_MS)


def test_a_saved_handler_is_what_answers(dev: Dev, page: Page) -> None:
    old = '        self.busy, self.error = True, ""\n'
    with dev.saved(
        STATE, old, '        self.busy, self.error = False, "from the new handler"\n        return\n'
    ):
        page.get_by_test_id("field-email").fill("someone@example.org")
        page.get_by_test_id("field-password").fill("x")

        def answered() -> bool:
            page.locator("form").first.evaluate("form => form.requestSubmit()")
            return "from the new handler" in page.get_by_test_id("form-error").first.inner_text()

        until(page, answered)


def test_a_saved_stylesheet_and_a_new_asset_need_no_reload(dev: Dev, page: Page) -> None:
    page.evaluate("window.kept = true")
    before = dev.said()
    stylesheet = dev.root / "portfolio_app/http/account/sessions.css"
    saved = stylesheet.read_text()
    for text, probe in ((f"body {{ --probe: seen; }}\n{saved}", "seen"), (saved, "")):
        stylesheet.write_text(text)
        read = f"getComputedStyle(document.body).getPropertyValue('--probe').trim() === '{probe}'"
        page.wait_for_function(read, timeout=SEEN_MS)
    asset = dev.root / "assets" / "probe.svg"
    asset.write_text("<svg/>")
    until(page, lambda: page.evaluate("fetch('/probe.svg').then(a => a.text())") == "<svg/>")
    asset.unlink()

    assert page.evaluate("window.kept")
    assert dev.said() == before


def test_a_saved_article_is_seen(dev: Dev, page: Page) -> None:
    page.goto("/writing/first-article", timeout=SEEN_MS)
    expect(page.locator(".nav a[href='/greeting']")).to_be_visible(timeout=SEEN_MS)
    expect(page.locator(".nav a[href='/dice']")).to_have_count(0)
    text = (dev.root / ARTICLE).read_text()
    last = text.rstrip().splitlines()[-1]
    with dev.saved(ARTICLE, last, f"{last}\n\nOne more sentence.\n"):
        expect(page.locator("article")).to_contain_text("One more sentence.", timeout=SEEN_MS)


def test_a_new_demo_is_found_a_changed_one_answers_and_a_broken_one_is_named(dev: Dev, page: Page) -> None:
    path = dev.mine / "demos/probe.py"
    dice = (dev.root / "portfolio_app/demos/dice.py").read_text()
    text = dice.replace("dice", "probe").replace("Dice", "Probe")
    path.write_text(text)
    dev.expect_settled()

    def opened() -> bool:  # Vite learns of the new address some moments after the page is written
        page.goto("/probe", timeout=SEEN_MS)
        page.get_by_role("button", name="Roll two").wait_for(timeout=5_000)
        return page.locator(".nav a[href='/probe']").is_visible()

    until(page, opened)
    path.write_text(text.replace("random.randint(1, 6)", "1000"))

    def rolled() -> bool:
        page.get_by_role("button", name="Roll two").click()
        return page.get_by_test_id("demo-value").inner_text() == "2000"

    until(page, rolled)
    path.write_text(text.replace("PANEL = demo_panel(", "PANEL = panel("))
    dev.expect_problem("mine/demos/probe.py:14: NameError: name 'panel' is not defined")
    path.unlink()
    page.goto("/sign-in", timeout=SEEN_MS)
    dev.expect_settled()
    expect(page.locator(".nav a[href='/probe']")).to_have_count(0, timeout=SEEN_MS)


def test_a_save_of_what_is_no_part_of_the_site_restarts_nothing(dev: Dev, page: Page) -> None:
    opened: list[str] = []
    page.on("websocket", lambda socket: opened.append(socket.url))
    for folder in ("tests", "benchmarks", "alembic"):
        (dev.root / folder / "probe.py").write_text("saved = True\n")
    asset = dev.root / "assets" / "after.svg"
    asset.write_text("<svg/>")  # once this is there, what was saved before it has been seen
    until(page, lambda: page.evaluate("fetch('/after.svg').then(a => a.text())") == "<svg/>")

    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live")
    assert opened == []


def test_what_a_handler_raises_is_in_the_page_and_in_the_terminal(dev: Dev, page: Page) -> None:
    with dev.saved(
        STATE, '        self.busy, self.error = True, ""\n', '        raise RuntimeError("on purpose")\n'
    ):
        page.get_by_test_id("field-email").fill("someone@example.org")
        page.get_by_test_id("field-password").fill("x")
        overlay = page.locator("vite-error-overlay")

        def raised() -> bool:
            page.locator("form").first.evaluate("form => form.requestSubmit()")
            return overlay.count() > 0

        until(page, raised)
        dev.expect_problem("RuntimeError: on purpose", STATE, "Traceback")


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (FORM, "def sign_in_form(", "def sign_in_form((", ["SyntaxError", f"{FORM}:"]),
        (FORM, '"""', 'import nothing_of_this_name\n"""', ["ModuleNotFoundError", f"{FORM}:1"]),
        (
            "portfolio_app/http/account/page.py",
            "def _sign_in() -> rx.Component:\n",
            "def _sign_in() -> rx.Component:\n    raise ValueError('no such page')\n",
            ["ValueError: no such page", "portfolio_app/http/account/page.py:"],
        ),
    ],
)
def test_what_python_cannot_read_or_draw_is_told_with_its_place_and_heals(
    dev: Dev, page: Page, file: str, old: str, new: str, words: list[str]
) -> None:
    draft = page.get_by_test_id("field-email")
    draft.fill("someone@example.org")
    with dev.saved(file, old, new):
        dev.expect_problem(*words)
        expect(page.get_by_test_id("connection")).not_to_have_attribute("data-state", "live", timeout=SEEN_MS)
    expect(draft).to_have_value("someone@example.org")


def test_wrong_content_is_one_line_also_when_python_is_saved(dev: Dev, page: Page) -> None:
    said = len(dev.said())
    wrong = "mine/content/writing/first-article.md:1: must begin with +++"
    with dev.saved(ARTICLE, "+++", "++"):
        dev.expect_problem(wrong)
        (dev.root / FORM).write_text((dev.root / FORM).read_text() + "\n")
        until(page, lambda: dev.said()[said:].count(wrong) == 2)
        assert "Traceback" not in dev.said()[said:]


def test_the_style_guide_is_made_when_it_is_opened(dev: Dev, page: Page) -> None:
    page.goto("/styleguide", timeout=SEEN_MS)

    expect(page.locator("h1").first).to_contain_text(
        re.compile("style guide", re.IGNORECASE), timeout=SEEN_MS
    )


def test_it_ends_with_everything_it_started(dev: Dev) -> None:
    started = psutil.Process(dev.process.pid).children(recursive=True)
    assert started
    dev.process.send_signal(signal.SIGTERM)

    assert dev.process.wait(20) == 0
    _, alive = psutil.wait_procs(started, 20)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://localhost:{dev.port}")
