"""Elements of <head>, the address of the site in it, and pages that a route writes by itself, head and all."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Any, Final

import reflex as rx
from starlette.responses import HTMLResponse, Response

from portfolio_app.http.kit.kinds import Text
from portfolio_app.http.kit.palette import THEMES, colours
from portfolio_app.language import direction
from portfolio_app.words import interface_language

PLACEHOLDER: Final = "https://origin.invalid"
"""Stands in the built documents; `Documents` puts the real origin in its place when it serves one."""

ORIGIN: Final = rx.Var(f'(globalThis.location?.origin ?? "{PLACEHOLDER}")').to(str)
"""The page's own origin in the browser, so that React draws the same as was served."""


def source_hash(text: str) -> str:
    """`sha256-…` of one inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def absolute(path: str) -> rx.Var[str]:
    """The address of a page or file of this site, for machines that want it whole."""
    return ORIGIN + path


def with_origin(text: str) -> rx.Var[str]:
    """`text` with every placeholder replaced as in `ORIGIN`."""
    return rx.Var(f'{rx.Var.create(text)!s}.replaceAll("{PLACEHOLDER}", {ORIGIN!s})').to(str)


def named(name: str, value: Text) -> rx.Component:
    """`<meta name=…>`."""
    return rx.el.meta(name=name, content=value)


def shared(name: str, value: Text) -> rx.Component:
    """`<meta property=…>`, as Open Graph spells it."""
    return rx.el.meta(content=value, custom_attrs={"property": name})


def link(relation: str, address: Text) -> rx.Component:
    """`<link rel=…>`."""
    return rx.el.link(rel=relation, href=address)


def json_ld(described: Mapping[str, Any]) -> rx.Component:
    """Facts for machines: a block of data, which no policy has to allow because nothing runs it."""
    text = json.dumps(described, ensure_ascii=False).replace("<", "\\u003c")
    return rx.el.script(
        type="application/ld+json",
        custom_attrs={"dangerouslySetInnerHTML": {"__html": with_origin(text)}},
    )


_FIRST: Final = """\
(() => {
  class Memory extends Map {
    getItem = (key) => this.get(key) ?? null;
    setItem = (key, value) => this.set(key, String(value));
    removeItem = (key) => this.delete(key);
  }
  const marks = document.documentElement.dataset;
  const [page] = performance.getEntriesByType("navigation");
  const rows = page?.serverTiming?.find(({ name }) => name === "rows");
  if (rows) document.documentElement.style.setProperty("--rows", (marks.rows = rows.description));
  const mark = (how) => (marks.storage ??= how);
  try {
    document.cookie = "probe=1; Max-Age=9; SameSite=Strict";
    if (!document.cookie.includes("probe=1")) mark("cookies");
  } catch {
    Object.defineProperty(document, "cookie", { value: "", writable: true });
    mark("cookies");
  }
  for (const name of ["localStorage", "sessionStorage"]) {
    let kept = [];
    try {
      kept = Object.entries(window[name]);
      window[name].setItem("probe", "x".repeat(500));
      window[name].removeItem("probe");
    } catch (error) {
      mark(error.name === "QuotaExceededError" ? "full" : "blocked");
      Object.defineProperty(window, name, { value: new Memory(kept) });
    }
  }
  const end = (workers) => workers.forEach((worker) => worker.unregister());
  Promise.resolve().then(() => navigator.serviceWorker.getRegistrations()).then(end).catch(() => {});
  const within = (parent, node) => {
    while (node && node.parentNode !== parent) node = node.parentNode;
    return node ?? null;
  };
  const { insertBefore, removeChild } = Node.prototype;
  Node.prototype.insertBefore = function (node, before) {
    return insertBefore.call(this, node, within(this, before));
  };
  Node.prototype.removeChild = function (node) {
    const held = within(this, node);
    if (held) removeChild.call(this, held);
    return node;
  };
  marks.zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
})();"""
"""Runs before every other script, some of which would fail.

The zone is read here, because the first use of Intl takes a phone 50 ms or more: before the styles are there, nothing
waits for them.

A page whose live log has rows already is marked before it is painted: their room is kept.
Storage that the browser forbids, or that is full, is replaced by memory, and the page is marked. A service worker of
another site that was at this address is ended. Where a translator has wrapped text in elements of its own, React
finds the place of a node by the wrapper.
"""
_FONTS: Final = ("geist-latin-wght-normal", "geist-mono-latin-wght-normal")


def _preload(font: str) -> rx.Component:
    return rx.el.link(
        rel="preload",
        href=f"/fonts/{font}.woff2",
        custom_attrs={"as": "font"},
        type="font/woff2",
        cross_origin="anonymous",
    )


def _theme_color(mode: str, colour: str) -> rx.Component:
    return rx.el.meta(
        name="theme-color", content=colour, custom_attrs={"media": f"(prefers-color-scheme: {mode})"}
    )


def head_components(feed_title: str) -> list[rx.Component]:
    """The elements for `rx.App(head_components=...)`: first script, fonts above the fold, icon, colours, feed."""
    return [
        rx.el.script(custom_attrs={"dangerouslySetInnerHTML": {"__html": _FIRST}}),
        *(_preload(font) for font in _FONTS),
        *(_theme_color(theme, colours(theme)["ground"]) for theme in THEMES),
        rx.el.link(rel="icon", href="/icon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icon-180.png"),
        rx.el.link(rel="manifest", href="/site.webmanifest"),
        rx.el.link(rel="alternate", href="/feed.xml", type="application/atom+xml", title=feed_title),
        rx.el.link(rel="alternate", href="/feed.json", type="application/feed+json", title=feed_title),
    ]


_STYLE: Final = """
body{margin:0 auto;max-width:40rem;padding:3rem 1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--ground);overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:0}p{margin:1rem 0}label{display:block;font-weight:600}
textarea{box-sizing:border-box;width:100%;margin-top:.5rem;padding:.75rem;font:inherit;color:inherit;
background:transparent;border:1px solid var(--muted);border-radius:.5rem}
ol{list-style:none;margin:1.5rem 0;padding:0}li{border-top:1px solid var(--line);padding:.5rem 0}
li p{margin:.25rem 0}time{color:var(--muted);font-variant-numeric:tabular-nums}
.text{white-space:pre-wrap;max-height:21.75rem;overflow:auto}@media print{.text{max-height:none}}
.text a{display:inline;padding:0}.block{display:block;white-space:pre;overflow-x:auto}
button{margin-top:.5rem;padding:.625rem 1.25rem;font:inherit;font-weight:600;color:var(--ground);
background:var(--ink);border:1px solid;border-radius:.5rem}
a{display:inline-block;padding:.625rem 0;color:inherit;text-underline-offset:3px}
"""


def plain_page(status: int, title: str, content: str, *, posts: bool = False) -> Response:
    """The page; `content` is HTML. No cache keeps it; `posts` allows the forms in it."""
    spoken = interface_language()
    html = (
        f'<!doctype html><html lang="{spoken}" dir="{direction(spoken)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body><main>"
        f"<h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    headers = {"cache-control": "no-store", "content-security-policy": _policy(posts)}
    return HTMLResponse(html, status, headers)


def done_page(title: str, words: str, page: str, link: str) -> Response:
    """Says what a plain form did, and leads on to `page`."""
    return plain_page(200, title, f'<p>{escape(words)}</p><p><a href="{escape(page)}">{escape(link)}</a></p>')


@cache
def _policy(posts: bool) -> str:
    """The policy of a page that a route writes: its own style, and nothing else."""
    allowed = f"default-src 'none'; style-src '{source_hash(_style())}'; img-src data:"
    sent_to = "'self'" if posts else "'none'"
    return f"{allowed}; base-uri 'none'; form-action {sent_to}; frame-ancestors 'none'"


@cache
def _style() -> str:
    """The style of such a page, in the site's colours: its stylesheets may be as slow to come as its scripts."""
    light, dark = colours("light"), colours("dark")
    named = {"ink": "ink", "ground": "surface", "muted": "muted", "line": "line"}
    both = (f"--{name}:light-dark({light[token]},{dark[token]})" for name, token in named.items())
    return f":root{{color-scheme:light dark;{';'.join(both)}}}{_STYLE}"
