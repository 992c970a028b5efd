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
import pytest
from playwright.sync_api import expect, sync_playwright

from portfolio_app.launcher.scaffold import new_site
from tests.browser.axe import run_axe
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.launch.developer import SEEN_MS, Dev, copied_checkout, until, wait_for_line
from tests.site import UNSET
from tests.unit.http.content import stranger
from tests.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(900)]
FORM = "portfolio_app/http/account/parts.py"
STATE = "portfolio_app/http/account/state.py"
PAGE = "portfolio_app/http/account/page.py"
ARTICLE = "../mine/content/writing/first-article.md"


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Started once; every test leaves the files as they were. The style guide, once opened, is compiled ever after."""
    place = tmp_path_factory.mktemp("dev")
    root, log = place / "checkout", place / "terminal.log"
    copied_checkout(root)
    mine = place / "mine"
    new_site(mine)
    stranger.add_in_scripts(mine / "content")
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
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def test_a_stylesheet_an_asset_and_what_is_no_part_of_the_site_restart_nothing(dev: Dev) -> None:
    page = dev.open("/sign-in")
    page.evaluate("window.kept = true")
    before = dev.said()
    opened: list[str] = []
    page.on("websocket", lambda socket: opened.append(socket.url))
    stylesheet = dev.root / "portfolio_app/http/account/sessions.css"
    saved = stylesheet.read_text()
    for text, probe in ((f"body {{ --probe: seen; }}\n{saved}", "seen"), (saved, "")):
        stylesheet.write_text(text)
        read = f"getComputedStyle(document.body).getPropertyValue('--probe').trim() === '{probe}'"
        page.wait_for_function(read, timeout=SEEN_MS, polling=250)  # not in each frame
    for folder in ("tests", "benchmarks", "alembic"):
        (dev.root / folder / "probe.py").write_text("saved = True\n")
    asset = dev.root / "assets" / "probe.svg"
    asset.write_text("<svg/>")  # once this is there, what was saved before it has been seen
    until(page, lambda: page.evaluate("fetch('/probe.svg').then(a => a.text())") == "<svg/>")
    asset.unlink()

    assert page.evaluate("window.kept")
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live")
    assert opened == []
    assert dev.said() == before


def test_a_saved_text_is_seen_a_saved_handler_answers_and_what_one_raises_is_named(dev: Dev) -> None:
    page = dev.open("/sign-in")
    overlay = page.locator("vite-error-overlay")
    handler = '        self.busy, self.error = True, ""\n'
    raised_words = ("RuntimeError: on purpose", STATE, "Traceback")

    def submit() -> None:
        page.locator("form").first.evaluate("form => form.requestSubmit()")

    def answered() -> bool:
        submit()
        return "from the new handler" in page.get_by_test_id("form-error").first.inner_text()

    def raised() -> bool:
        # Once more each time: what a handler raised is laid over the page until that is compiled anew.
        submit()
        return all(overlay.filter(has_text=word).count() > 0 for word in raised_words)

    page.get_by_test_id("field-email").fill("someone@example.org")
    with dev.editing() as save:
        save(FORM, "No account yet?", "Not known here?")
        expect(page.locator("main")).to_contain_text("Not known here?", timeout=SEEN_MS)
        expect(page.get_by_test_id("field-email")).to_have_value("someone@example.org")
        page.get_by_test_id("field-password").fill("x")
        save(
            STATE, handler, '        self.busy, self.error = False, "from the new handler"\n        return\n'
        )
        until(page, answered)
        save(STATE, handler, '        raise RuntimeError("on purpose")\n')
        until(page, raised)
        assert all(word in dev.said() for word in raised_words)
    expect(page.locator("main")).to_contain_text("No account yet?", timeout=SEEN_MS)


def test_what_python_cannot_read_or_draw_is_told_with_its_place_and_heals(dev: Dev) -> None:
    page = dev.open("/sign-in")
    draft = page.get_by_test_id("field-email")
    draft.fill("someone@example.org")
    drawn = "def _sign_in() -> rx.Component:\n"
    with dev.editing() as save:
        save(FORM, "def sign_in_form(", "def sign_in_form((")
        dev.expect_problem("SyntaxError", f"{FORM}:")
        expect(page.get_by_test_id("connection")).not_to_have_attribute("data-state", "live", timeout=SEEN_MS)
        save(FORM, '"""', 'import nothing_of_this_name\n"""')
        dev.expect_problem("ModuleNotFoundError", f"{FORM}:1")
        save(PAGE, drawn, f"{drawn}    raise ValueError('no such page')\n")
        save(FORM, "", "")
        dev.expect_problem("ValueError: no such page", f"{PAGE}:")
    expect(draft).to_have_value("someone@example.org")


def test_a_saved_article_is_seen_and_a_wrong_one_is_one_line_also_when_python_is_saved(dev: Dev) -> None:
    page = dev.open("/writing/first-article")
    expect(page.locator(".nav a[href='/greeting']")).to_be_visible(timeout=SEEN_MS)
    expect(page.locator(".nav a[href='/dice']")).to_have_count(0)
    last = (dev.root / ARTICLE).read_text().rstrip().splitlines()[-1]
    wrong = "mine/content/writing/first-article.md:1: must begin with +++"
    said = len(dev.said())
    with dev.editing() as save:
        save(ARTICLE, last, f"{last}\n\nOne more sentence.\n")
        expect(page.locator("article")).to_contain_text("One more sentence.", timeout=SEEN_MS)
        save(ARTICLE, "+++", "++")
        dev.expect_problem(wrong)
        save(FORM, "\n", "\n\n")
        until(page, lambda: dev.said()[said:].count(wrong) == 2)
        assert "Traceback" not in dev.said()[said:]


@pytest.mark.parametrize(
    "path",
    ["/", "/writing/n0", "/writing/n2", "/work", "/work/n1", "/writing/archive", "/search", "/resume"],
)
def test_pages_of_a_stranger_have_no_violation_and_fit_a_phone_in_both_directions(
    dev: Dev, path: str
) -> None:
    page = dev.open(path)
    page.emulate_media(reduced_motion="reduce")
    if path == "/search":
        page.get_by_role("searchbox").fill(stranger.TAGS["ar"])
        expect(page.locator(".site-search a")).not_to_have_count(0, timeout=SEEN_MS)
    if path == "/work/n1":
        expect(page.locator("article header[dir=rtl][lang=ar]")).to_be_visible()
        page.locator("[data-enlarge]").filter(visible=True).click()
    for width, direction in ((390, "ltr"), (1440, "rtl")):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("(direction) => document.documentElement.dir = direction", direction)
        found = run_axe(page, ["main"] if path != "/" else [], {})
        assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.documentElement.dir = 'ltr'")


def test_a_new_demo_is_found_a_changed_one_answers_and_a_broken_one_is_named(dev: Dev) -> None:
    page = dev.page
    path = dev.mine / "demos/probe.py"
    dice = (dev.root / "portfolio_app/demos/dice.py").read_text()
    text = dice.replace("dice", "probe").replace("Dice", "Probe")
    path.write_text(text)
    until(page, lambda: any((dev.root / ".web/app/routes").glob("*probe*")))

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


def test_the_style_guide_is_made_when_it_is_opened(dev: Dev) -> None:
    dev.page.goto("/styleguide", timeout=SEEN_MS)

    expect(dev.page.locator("h1").first).to_contain_text(
        re.compile("style guide", re.IGNORECASE), timeout=SEEN_MS
    )


def test_it_ends_with_everything_it_started(dev: Dev) -> None:
    """Most likely in the middle of a compile: the style guide has just been opened."""
    assert len(dev.running()) > 1
    dev.process.send_signal(signal.SIGTERM)

    assert dev.process.wait(PATIENCE_S) == 0
    with suppress(TimeoutError):
        wait_until(lambda: not dev.running())
    assert dev.running() == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://localhost:{dev.port}")
