"""No form of any page can put what is typed into an address."""

import re
from pathlib import Path
from typing import Any

import pytest
import reflex as rx

from portfolio_app.http.chat.composer import MESSAGE, composer
from portfolio_app.http.frame import ERROR, NOT_FOUND
from portfolio_app.http.kit.form import Field, field, form
from portfolio_app.http.kit.page import Page
from portfolio_app.http.site import all_pages
from tests.forms import answers_of, elements

ROOT = Path(__file__).parents[4]
PYTHON = ROOT / "portfolio_app"
WITH_PASSWORDS = {
    "/sign-in",
    "/register",
    "/recover",
    "/account",
    "/leave",
    "/details",
    "/password",
    "/moderation",
}
WITH_FORMS = {"/", "/chat", "/chat/[slug]", "/sign-in", "/register"}
every_page = pytest.mark.parametrize(
    "page", [*all_pages(), ERROR, NOT_FOUND], ids=lambda page: page.route or page.title
)


@every_page
def test_every_form_of_a_page_posts_to_an_address_of_its_own(page: Page) -> None:
    found = answers_of(page)
    assert None not in found
    assert found or page.route not in WITH_FORMS


def test_a_form_without_them_would_be_found() -> None:
    def build() -> rx.Component:
        return rx.el.div(
            rx.cond(rx.Var("x"), rx.el.form(rx.el.input(name="q"))),
            composer(ready=True, on_send=rx.noop(), error="", posting_as="x", is_guest=True),
        )

    assert answers_of(Page("/x", "X", "X", build)) == [None, MESSAGE]


@every_page
def test_no_field_of_a_page_has_a_browser_cut_what_is_typed_without_a_word(page: Page) -> None:
    assert "maxlength" not in str(page.build().render()).lower()


def test_a_field_whose_ids_have_a_prefix_is_found_by_the_server_and_sent_under_its_name_alone() -> None:
    spec = Field("password", "Password", "password", "current-password")
    made: Any = form(field(spec, id_prefix="x-"), unsent=MESSAGE, on_submit=rx.noop())
    [props] = elements(made.render(), "input")
    assert {'id:"x-password"', "ref:ref_x_password"} <= set(props)
    assert any('refs["ref_x_password"] = ref_x_password' in hook for hook in made._get_all_hooks())
    assert made._get_form_refs() == {}


def test_forms_are_made_by_their_component_alone() -> None:
    made = re.compile(r"\bel\.form\b|\bForm\.create\b|\brx\.form\b")
    files = [path for path in PYTHON.rglob("*.py") if made.search(path.read_text(encoding="utf-8"))]
    assert files == [PYTHON / "http/kit/form.py"]


def test_no_script_draws_a_form() -> None:
    drawing = [path for path in PYTHON.rglob("*.jsx") if "<form" in path.read_text(encoding="utf-8")]
    assert drawing == []


def test_passwords_are_masked_and_may_be_pasted_and_filled_in() -> None:
    pages = [page for page in all_pages() if page.route in WITH_PASSWORDS]
    inputs = [" ".join(props) for page in pages for props in elements(page.build().render(), "input")]
    secret = [props for props in inputs if re.search(r'\bname:"(?:password|old|new)"', props)]
    assert len(secret) == 12, (
        "signing in, registering, recovering, changing (4), codes, confirming, downloading, leaving, moderating"
    )
    for props in secret:
        assert 'type:"password"' in props
        assert re.search(r'autoComplete:"(?:current|new)-password"', props)
        assert "onPaste" not in props
