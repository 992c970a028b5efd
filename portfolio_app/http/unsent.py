"""Answers to forms that a browser sent by itself: their scripts had not arrived, or could not connect."""

from collections.abc import Iterable
from functools import partial
from html import escape
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portfolio_app.http.kit.head import plain_page
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.transport.caller import USER_AGENT, caller_from_scope, visitor_of
from portfolio_app.http.transport.errors import explain
from portfolio_app.http.transport.headers import set_cookie
from portfolio_app.words import t

_FORM: Final = "application/x-www-form-urlencoded"
_FIELDS: Final = 8
_NOT_DONE: Final = 409
"""The status of a form that did nothing: for 200 a browser would offer to keep a password that nobody checked."""
_NO_STORE: Final = {"cache-control": "no-store"}


class NotAForm(Exception):
    """A body that no form of this site sends: `status`, and why in words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def unsent_routes(forms: Iterable[Unsent]) -> list[Route]:
    """The action of each of these forms."""
    return [Route(each.path, partial(answer, each), methods=["GET", "POST"]) for each in forms]


async def answer(unsent: Unsent, request: Request) -> Response:
    """Do what the form asks where that can be done, else say that nothing was; a GET leads to the form's page."""
    if request.method != "POST":
        return RedirectResponse(unsent.page, 303, _NO_STORE)
    body = await request.body()  # of every form, so that the limit holds for it
    try:
        fields = _fields(request.headers.get("content-type", ""), body)
    except NotAForm as error:
        return unsent_page(error.status, unsent, str(error))
    if unsent.do is not None:
        return await _done(unsent, request, fields)
    return unsent_page(_NOT_DONE, unsent)


async def _done(unsent: Unsent, request: Request, fields: dict[str, str]) -> Response:
    """The outcome of a form, or a redirect to the page that shows it: loading that again does nothing twice."""
    assert unsent.do is not None  # noqa: S101 (asked by the caller)
    visitor, caller = visitor_of(request.scope), caller_from_scope(request.scope)
    USER_AGENT.set(request.headers.get("user-agent", ""))
    try:
        done = await unsent.do(caller, fields)
    except Exception as error:  # the boundary: nothing may reach the framework
        view = explain(error, caller.request_id)
        return unsent_page(view.status, unsent, view.text, fields.get(unsent.kept or "", ""))
    cookie = {"set-cookie": set_cookie(visitor.secret)} if visitor.is_new else {}
    if isinstance(done, Response):
        return done
    return RedirectResponse(done, 303, _NO_STORE | cookie)


def _fields(content_type: str, body: bytes) -> dict[str, str]:
    """The first value of each field; raises `NotAForm`."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise NotAForm(415, t("What arrived was not sent by a form of this site."))
    try:
        found = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=_FIELDS)
    except ValueError:
        raise NotAForm(400, t("What arrived could not be read.")) from None
    return {name: values[0] for name, values in found.items()}


def unsent_page(status: int, unsent: Unsent, problem: str = "", kept: str = "") -> Response:
    """The page that says so; `kept` is text that a visitor typed and shall not lose."""
    said = (problem, unsent.words, _advice(kept))
    way_on = f'<p><a href="{escape(unsent.page)}">{escape(unsent.link)}</a></p>'
    return plain_page(
        status,
        unsent.title,
        "".join((*(f"<p>{escape(words)}</p>" for words in said if words), _kept(kept), way_on)),
    )


def _advice(kept: str) -> str:
    return t("Your text is kept here: copy it, and send it again.") if kept else t("Please try again.")


def _kept(text: str) -> str:
    # A reader of HTML drops one line break right after the tag: not the visitor's, then.
    area = f'<textarea id="kept" rows="8" dir="auto" readonly>\n{escape(text)}</textarea>'
    return f'<label for="kept">{escape(t("Your message"))}</label>{area}' if text else ""
