"""Answers to forms that a browser sent by itself, before the scripts that would have handled them arrived."""

from functools import partial
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from portfolio_app.http.unsent import UNSENT, Unsent
from portfolio_app.http.views.unsent_page import unsent_page, unsent_policy

_FORM: Final = "application/x-www-form-urlencoded"
_FIELDS: Final = 8
_NOT_DONE: Final = 409
"""Not 200: a browser would offer to keep a password that nobody checked."""
_NO_STORE: Final = {"cache-control": "no-store"}


class NotAForm(Exception):
    """A body that no form of this site sends: `status`, and why in words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def unsent_routes() -> list[Route]:
    """The action of every form."""
    return [Route(each.path, partial(answer, each), methods=["GET", "POST"]) for each in UNSENT]


async def answer(unsent: Unsent, request: Request) -> Response:
    """Say that nothing was done and where to try again; a GET leads there at once."""
    if request.method != "POST":
        return RedirectResponse(unsent.page, 303, _NO_STORE)
    body = await request.body()  # of every form, so that the limit holds for it
    try:
        fields = _fields(request.headers.get("content-type", ""), body)
    except NotAForm as error:
        return _page(error.status, unsent_page(unsent, str(error)))
    kept = fields.get(unsent.kept, "") if unsent.kept else ""
    return _page(_NOT_DONE, unsent_page(unsent, kept=kept))


def _page(status: int, html: str) -> Response:
    return HTMLResponse(html, status, _NO_STORE | {"content-security-policy": unsent_policy()})


def _fields(content_type: str, body: bytes) -> dict[str, str]:
    """The first value of each field; raises `NotAForm`."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise NotAForm(415, "What arrived was not sent by a form of this site.")
    try:
        found = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=_FIELDS)
    except ValueError:
        raise NotAForm(400, "What arrived could not be read.") from None
    return {name: values[0] for name, values in found.items()}
