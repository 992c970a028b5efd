"""The page that answers a form sent before its scripts arrived: no script, nothing loaded."""

from functools import cache
from html import escape
from typing import Final

from portfolio_app.http.middleware.policy import source_hash
from portfolio_app.http.palette import colours
from portfolio_app.http.unsent import Unsent

_STYLE: Final = """
body{margin:0 auto;max-width:40rem;padding:3rem 1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--ground)}
h1{font-size:1.5rem;margin:0}p{margin:1rem 0}label{display:block;font-weight:600}
textarea{box-sizing:border-box;width:100%;margin-top:.5rem;padding:.75rem;font:inherit;color:inherit;
background:transparent;border:1px solid var(--muted);border-radius:.5rem}
a{display:inline-block;padding:.625rem 0;color:inherit;text-underline-offset:3px}
"""


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
