"""Answers to forms that a browser sent by itself, before the scripts that would have handled them arrived."""

from collections.abc import Iterable
from functools import cache, partial
from html import escape
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.kit.palette import colours
from portfolio_app.http.transport.middleware.policy import source_hash

_STYLE: Final = """
body{margin:0 auto;max-width:40rem;padding:3rem 1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--ground)}
h1{font-size:1.5rem;margin:0}p{margin:1rem 0}label{display:block;font-weight:600}
textarea{box-sizing:border-box;width:100%;margin-top:.5rem;padding:.75rem;font:inherit;color:inherit;
background:transparent;border:1px solid var(--muted);border-radius:.5rem}
a{display:inline-block;padding:.625rem 0;color:inherit;text-underline-offset:3px}
"""
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


def unsent_routes(forms: Iterable[Unsent]) -> list[Route]:
    """The action of each of these forms."""
    return [Route(each.path, partial(answer, each), methods=["GET", "POST"]) for each in forms]


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


def unsent_page(unsent: Unsent, problem: str = "", kept: str = "") -> str:
    """The page; `kept` is text that a visitor typed and shall not lose."""
    return "".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="robots" content="noindex"><link rel="icon" href="data:,">',
            f"<title>{escape(unsent.title)}</title><style>{_style()}</style></head><body><main>",
            f"<h1>{escape(unsent.title)}</h1>",
            *(f"<p>{escape(words)}</p>" for words in (problem, unsent.words, _advice(kept)) if words),
            _kept(kept),
            f'<p><a href="{escape(unsent.page)}">{escape(unsent.link)}</a></p>',
            "</main></body></html>",
        )
    )


@cache
def unsent_policy() -> str:
    """The Content-Security-Policy of the page: its own style, and nothing else."""
    allowed = f"default-src 'none'; style-src '{source_hash(_style())}'; img-src data:"
    return f"{allowed}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def _advice(kept: str) -> str:
    if kept:
        return "Copy it from here, and send it again once the page is ready."
    return "Please try again once the page is ready."


def _kept(text: str) -> str:
    # A reader of HTML drops one line break right after the tag: not the visitor's, then.
    area = f'<textarea id="kept" rows="8" readonly>\n{escape(text)}</textarea>'
    return f'<label for="kept">Your message</label>{area}' if text else ""


@cache
def _style() -> str:
    """With the colours of the site, whose stylesheets may be as slow to come as its scripts."""
    light, dark = colours("light"), colours("dark")
    named = {"ink": "ink", "ground": "surface", "muted": "muted"}
    both = (f"--{name}:light-dark({light[token]},{dark[token]})" for name, token in named.items())
    return f":root{{color-scheme:light dark;{';'.join(both)}}}{_STYLE}"
