"""Pages that a route writes by itself: one style, no script, nothing else to load."""

from functools import cache
from html import escape
from typing import Final

from starlette.responses import HTMLResponse, Response

from portfolio_app.http.kit.head import source_hash
from portfolio_app.http.kit.palette import colours

_STYLE: Final = """
body{margin:0 auto;max-width:40rem;padding:3rem 1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--ground);overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:0}p{margin:1rem 0}label{display:block;font-weight:600}
textarea{box-sizing:border-box;width:100%;margin-top:.5rem;padding:.75rem;font:inherit;color:inherit;
background:transparent;border:1px solid var(--muted);border-radius:.5rem}
ol{list-style:none;margin:1.5rem 0;padding:0}li{border-top:1px solid var(--line);padding:.5rem 0}
li p{margin:.25rem 0}time{color:var(--muted);font-variant-numeric:tabular-nums}.text{white-space:pre-wrap}
button{margin-top:.5rem;padding:.625rem 1.25rem;font:inherit;font-weight:600;color:var(--ground);
background:var(--ink);border:1px solid;border-radius:.5rem}
a{display:inline-block;padding:.625rem 0;color:inherit;text-underline-offset:3px}
"""


def plain_page(status: int, title: str, content: str, *, posts: bool = False) -> Response:
    """The page; `content` is HTML. No cache keeps it; `posts` allows the forms in it."""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body><main>"
        f"<h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    headers = {"cache-control": "no-store", "content-security-policy": _policy(posts)}
    return HTMLResponse(html, status, headers)


@cache
def _policy(posts: bool) -> str:
    """Its own style, and nothing else."""
    allowed = f"default-src 'none'; style-src '{source_hash(_style())}'; img-src data:"
    sent_to = "'self'" if posts else "'none'"
    return f"{allowed}; base-uri 'none'; form-action {sent_to}; frame-ancestors 'none'"


@cache
def _style() -> str:
    """With the colours of the site, whose stylesheets may be as slow to come as its scripts."""
    light, dark = colours("light"), colours("dark")
    named = {"ink": "ink", "ground": "surface", "muted": "muted", "line": "line"}
    both = (f"--{name}:light-dark({light[token]},{dark[token]})" for name, token in named.items())
    return f":root{{color-scheme:light dark;{';'.join(both)}}}{_STYLE}"
