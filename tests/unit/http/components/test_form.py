"""No form of any page can put what is typed into an address."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import reflex as rx

from portfolio_app.http.components.composer import composer
from portfolio_app.http.pages import ERROR, NOT_FOUND, all_pages
from portfolio_app.http.pages.page import Page
from portfolio_app.http.unsent import UNSENT

ROOT = Path(__file__).parents[4]
PYTHON = ROOT / "portfolio_app"
PATHS = {unsent.path for unsent in UNSENT}
WITH_FORMS = {"/", "/chat", "/chat/[slug]", "/sign-in", "/register"}
every_page = pytest.mark.parametrize(
    "page", [*all_pages(), ERROR, NOT_FOUND], ids=lambda page: page.route or page.title
)


def forms(tree: Any) -> Iterator[list[str]]:
    """The attributes of every form in a rendered tree, as `name:"value"`."""
    if isinstance(tree, dict):
        if str(tree.get("name", "")).strip('"') == "form":
            yield list(tree["props"])
        for value in tree.values():
            yield from forms(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from forms(value)


@every_page
def test_every_form_of_a_page_posts_to_an_address_of_its_own(page: Page) -> None:
    found = list(forms(page.build().render()))
    for attributes in found:
        assert 'method:"post"' in attributes
        assert any(f'action:"{path}"' in attributes for path in PATHS)
    assert bool(found) == (page.route in WITH_FORMS)


def test_a_form_without_them_would_be_found() -> None:
    [attributes] = forms(rx.el.div(rx.cond(rx.Var("x"), rx.el.form(rx.el.input(name="q")))).render())
    assert 'method:"post"' not in attributes
    sample = composer(ready=True, on_send=rx.noop(), error="", posting_as="x", is_guest=True)
    [attributes] = forms(sample.render())
    assert 'method:"post"' in attributes


def test_forms_are_made_by_their_component_alone() -> None:
    made = re.compile(r"\bel\.form\b|\bForm\.create\b|\brx\.form\b")
    files = [path for path in PYTHON.rglob("*.py") if made.search(path.read_text(encoding="utf-8"))]
    assert files == [PYTHON / "http/components/form.py"]


def test_forms_of_scripts_post() -> None:
    tags = [
        tag
        for path in (ROOT / "assets/js").glob("*.jsx")
        for tag in re.findall(r"<form\b[^>]*>", path.read_text(encoding="utf-8"))
    ]
    assert tags
    assert [tag for tag in tags if 'method="post" action="/' not in tag] == []
