"""Forms sent before their scripts arrived: nothing is done, and nothing a visitor wrote is lost or given away."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.http.asgi import mount, wrap
from portfolio_app.http.chat.composer import MESSAGE
from portfolio_app.http.chat.panel import DAY
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.moderation.rooms import ROOM
from portfolio_app.http.site import forms
from portfolio_app.http.unsent import unsent_page
from tests.unit.http.asgi import Answer, Inner, request
from tests.unit.http.site import ORIGIN, FakeSite

SECRET = "canary-4711"
FORM = "application/x-www-form-urlencoded"
each_form = pytest.mark.parametrize("unsent", forms(), ids=lambda unsent: unsent.name)
each_undone_form = pytest.mark.parametrize("unsent", [ROOM, DAY], ids=lambda unsent: unsent.name)


async def ask(unsent: Unsent, body: bytes = b"", **options: Any) -> Answer:
    headers = {"origin": ORIGIN, "content-type": FORM} | options.pop("headers", {})
    method = options.pop("method", "POST")
    return await request(
        wrap(mount(Inner())), unsent.path, headers, method=method, chunks=options.pop("chunks", (body,))
    )


class Page(HTMLParser):
    """What a browser makes of the answer: its tags, and the text of its textarea."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.kept: str | None = None
        self._inside = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        self._inside = tag == "textarea"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.kept = (self.kept or "") + data

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


@each_undone_form
async def test_a_form_is_answered_with_where_to_try_again(site: FakeSite, unsent: Unsent) -> None:
    answer = await ask(unsent, urlencode({"body": "hello", "email": "a", "password": SECRET}).encode())
    assert answer.status == 409
    assert unsent.title in answer.text
    assert f'href="{unsent.page}"' in answer.text
    assert answer.header("cache-control") == "no-store"
    assert answer.header("x-request-id")
    assert answer.header("set-cookie") is None
    assert SECRET not in answer.text


@each_form
async def test_the_answer_may_run_and_load_nothing(site: FakeSite, unsent: Unsent) -> None:
    answer = await ask(unsent, b"body=x")
    policy = answer.header("content-security-policy") or ""
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert answer.header("x-content-type-options") == "nosniff"


async def test_the_text_of_a_message_that_could_not_be_posted_is_in_the_answer(site: FakeSite) -> None:
    text = "\n</textarea><script>alert(1)</script> & \"é\" 'x'"
    answer = await ask(MESSAGE, urlencode({"body": text}).encode())
    page = Page(answer.text)
    assert answer.status == 503
    assert page.kept == f"\n{text}"  # a browser drops the first
    assert "copy it" in answer.text
    assert "script" not in page.tags


@pytest.mark.parametrize(
    "unsent", [each for each in forms() if each.kept is None], ids=lambda unsent: unsent.name
)
async def test_no_field_of_an_account_form_is_in_the_answer(site: FakeSite, unsent: Unsent) -> None:
    fields = {name: f"{SECRET}-{name}" for name in ("email", "username", "password", "body")}
    answer = await ask(unsent, urlencode(fields).encode())
    assert SECRET not in answer.text
    assert SECRET not in str(answer.messages[0])


@each_undone_form
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", FORM, 409),
        (b"other=x", FORM, 409),
        (b"body=", FORM, 409),
        (b"body=x", f"{FORM.upper()}; charset=utf-8", 409),
        (b"body=%ff%fe", FORM, 400),
        (b"body=\xff\xfe", FORM, 400),
        (b"body=%ed%a0%80", FORM, 400),
        (b"a=1&" * 5_000, FORM, 400),
        (b'{"body": "x"}', "application/json", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"body=x", "", 415),
    ],
)
async def test_whatever_arrives_is_answered_plainly(
    site: FakeSite, unsent: Unsent, body: bytes, content_type: str, status: int
) -> None:
    answer = await ask(unsent, body, headers={"content-type": content_type})
    assert answer.status == status
    assert unsent.title in answer.text
    assert unsent.words in answer.text
    assert "<textarea" not in answer.text


@each_form
async def test_more_than_the_site_reads_is_too_large(site: FakeSite, unsent: Unsent) -> None:
    announced = await ask(unsent, headers={"content-length": "70000"})
    unannounced = await ask(unsent, chunks=(b"body=", *[b"x" * 10_000] * 8))
    assert (announced.status, unannounced.status) == (413, 413)


@each_form
@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"origin": ""}])
async def test_another_sites_form_is_not_answered(
    site: FakeSite, unsent: Unsent, headers: dict[str, str]
) -> None:
    answer = await ask(unsent, b"body=x", headers=headers)
    assert answer.status == 403
    assert unsent.title not in answer.text


@each_form
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_get_leads_to_the_page_of_the_form(site: FakeSite, unsent: Unsent, method: str) -> None:
    answer = await ask(unsent, method=method)
    assert (answer.status, answer.header("location")) == (303, unsent.page)
    assert answer.header("cache-control") == "no-store"


def html_of(kept: str) -> str:
    return bytes(unsent_page(409, MESSAGE, kept=kept).body).decode()


@given(st.text(min_size=1).filter(str.strip))
def test_no_text_gets_out_of_its_field(text: str) -> None:
    page = Page(html_of(text))
    assert page.tags == Page(html_of("x")).tags
