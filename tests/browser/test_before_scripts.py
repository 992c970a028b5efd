"""A form that is submitted before the page's scripts are there, as on a slow line or without JavaScript."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Error, Locator, Page, Request, Route, expect

from portfolio_app.http.account.leaving import LEAVE
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.site import all_pages, forms
from tests.forms import answers_of
from tests.site import Site

NewContext = Callable[..., BrowserContext]
STATIC = {page.route: answers_of(page) for page in all_pages() if "[" not in page.route}
SUBMITTED = [(path, number) for path, answers in STATIC.items() for number in range(len(answers))]
CANARY = "canary-of-forms"
MESSAGE = f"\n{CANARY} </textarea><script>window.ran = 1</script> & \"é\" + 100% 'x'\nsecond line"
PLAIN = {"/sign-in": ("/session/passkey",), "/leave": (LEAVE.path,)}
"""Addresses of forms that no script sends."""
TICKET = "/session/exchange"  # the hidden form that a script submits
ways_to_have_no_scripts = pytest.mark.parametrize("scripts", ["held back", "off"])


class Forms(HTMLParser):
    """The start tags of forms, in the order of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "form":
            self.forms.append(dict(attrs))


@dataclass
class Trail:
    """Every address a tab asks for, and where each request says that it comes from."""

    page: Page
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.seen += [request.url, request.headers.get("referer", "")]

    def expect_without(self, *secrets: str) -> None:
        self.seen += [self.page.url, str(self.page.evaluate("document.referrer"))]
        assert len(self.seen) > 4
        found = [address for address in self.seen for secret in secrets if secret in unescape(address)]
        assert found == []


@pytest.fixture
def open_without_scripts(new_context: NewContext) -> Iterator[Callable[[str, str], Trail]]:
    """Opens a page none of whose scripts ever arrives, or runs."""
    held: list[Route] = []

    def go(path: str, scripts: str) -> Trail:
        page = new_context(java_script_enabled=scripts != "off").new_page()
        page.route(re.compile(r"/assets/.*\.js"), lambda route: held.append(route))  # noqa: PLW0108 (Playwright wraps Python functions only)
        trail = Trail(page)
        page.goto(path, wait_until="commit")
        expect(page.locator("main")).to_be_visible()
        return trail

    yield go
    for route in held:
        with suppress(Error):  # of a page that was left meanwhile
            route.abort()


def forms_of(page: Page) -> Locator:
    return page.locator("form:not([hidden])")


def composer_of(page: Page) -> Locator:
    """The form of a page, also beside a search, in which a message is written."""
    return forms_of(page).filter(has=page.locator("textarea"))


def fill(form: Locator) -> list[str]:
    """Type something recognisable into every field; returns what was typed."""
    typed = []
    for number, box in enumerate(form.locator("input:visible:not([type=checkbox]), textarea:visible").all()):
        text = MESSAGE if box.evaluate("box => box.tagName") == "TEXTAREA" else f"{CANARY}-{number}@x.org"
        box.fill(text)
        typed.append(text)
    assert typed
    return typed


@pytest.mark.parametrize("path", STATIC)
def test_every_form_of_a_built_page_posts_to_an_address_of_its_own(site: Site, path: str) -> None:
    forms = Forms(httpx.get(f"{site.url}{path}").text).forms
    assert {form.get("method") for form in forms} == {"post"}
    addresses = [form.get("action") for form in forms]
    assert sorted(addresses, key=str) == sorted(
        [TICKET, *PLAIN.get(path, ()), *(answer and answer.path for answer in STATIC[path])]
    )


@pytest.mark.parametrize(("path", "number"), SUBMITTED)
@pytest.mark.parametrize(("scripts", "by"), [("held back", "Enter"), ("off", "button")])
def test_what_is_typed_before_the_scripts_are_there_is_in_no_address_and_no_log(
    site: Site,
    open_without_scripts: Callable[[str, str], Trail],
    path: str,
    number: int,
    scripts: str,
    by: str,
) -> None:
    trail, answer = open_without_scripts(path, scripts), STATIC[path][number]
    page, form, start = trail.page, forms_of(trail.page).nth(number), trail.page.url
    fill(form)
    if by == "Enter":
        form.locator("input:visible:not([type=checkbox]), textarea:visible").last.press("Enter")
    if by == "button" or form.locator("textarea:visible").count():  # where Enter breaks the line
        form.get_by_role("button").click()
    expect(page).not_to_have_url(start)
    page.wait_for_load_state()
    trail.expect_without(CANARY)
    assert answer
    if answer.kept:  # a message is posted
        expect(page).to_have_url(re.compile(rf"^{site.url}/plain/[\w-]+$"))
        expect(page.get_by_role("listitem").filter(has_text=CANARY)).not_to_have_count(0)
    else:
        expect(page).to_have_url(f"{site.url}{answer.path}")
        expect(page.locator("h1")).to_have_text(answer.title)
    answered = page.url
    links = page.get_by_role("link")  # those of a room may be other visitors'
    on = links.filter(has_text="go to the start page") if answer.kept else links.last
    on.click(no_wait_after=True)
    expect(page).not_to_have_url(answered)  # the page of a message has a form, too
    expect(forms_of(page)).not_to_have_count(0)
    trail.expect_without(CANARY)
    assert CANARY not in site.output()


@ways_to_have_no_scripts
def test_a_message_is_posted_and_shown_as_it_was_typed(
    open_without_scripts: Callable[[str, str], Trail], scripts: str
) -> None:
    page = open_without_scripts("/chat", scripts).page
    fill(composer_of(page))
    composer_of(page).get_by_role("button").click()
    expect(page.get_by_role("listitem").last.locator(".text")).to_have_text(MESSAGE.strip())
    assert page.locator("script").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_answer_can_be_read_by_anybody(
    open_without_scripts: Callable[[str, str], Trail], theme: Literal["light", "dark"]
) -> None:
    page = open_without_scripts("/chat", "held back").page
    fill(composer_of(page))
    composer_of(page).get_by_role("button").click()
    expect(page.get_by_role("textbox")).to_be_visible()
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
def test_nothing_of_an_account_form_is_repeated(
    open_without_scripts: Callable[[str, str], Trail], path: str
) -> None:
    page = open_without_scripts(path, "held back").page
    form = forms_of(page).first
    fill(form)
    form.get_by_role("button").click()
    expect(page.locator("h1")).to_contain_text("yet")
    assert CANARY not in page.content()


@pytest.mark.parametrize("unsent", forms(), ids=lambda unsent: unsent.name)
def test_the_address_of_a_form_leads_to_the_page_it_stands_on(site: Site, unsent: Unsent) -> None:
    answer = httpx.get(f"{site.url}{unsent.path}?email={CANARY}", follow_redirects=True)
    assert (answer.status_code, str(answer.url)) == (200, f"{site.url}{unsent.page}")
    assert CANARY not in site.output()
