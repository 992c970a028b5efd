"""The forms of pages, found in what their components render to."""

from collections.abc import Iterator
from typing import Any

from portfolio_app.http.kit.page import Page, Unsent
from portfolio_app.http.site import forms

LATER = {"edit", "day", "prove", "member-sessions", "report", "room", "room-slow", "room-title"}
"""Forms that come with what the server sends: no page is built with one of them."""


def elements(tree: Any, kind: str) -> Iterator[list[str]]:
    """The attributes of every element of a kind in a rendered tree, as `name:"value"`."""
    if isinstance(tree, dict):
        if str(tree.get("name", "")).strip('"') == kind:
            yield list(tree["props"])
        for value in tree.values():
            yield from elements(value, kind)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from elements(value, kind)


def answers_of(page: Page) -> list[Unsent | None]:
    """What answers each form of a page while it has no scripts; None is a form that nothing does.

    Not the forms that only scripts draw: in rows that wait, those have no handler, or `LATER`.
    """
    found = elements(page.build().render(), "form")
    handled = [form for form in found if any(each.startswith("onSubmit") for each in form)]
    answers = [_answer_of(form) for form in handled]
    return [answer for answer in answers if answer is None or answer.name not in LATER]


def _answer_of(attributes: list[str]) -> Unsent | None:
    if 'method:"post"' not in attributes:
        return None
    return next((each for each in forms() if f'action:"{each.path}"' in attributes), None)
