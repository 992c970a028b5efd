"""Lets a built page show its text before it asks for its scripts, which the text does not need.

A page names its modules in its head, and the browser fetches them beside the stylesheet and the fonts, from which
they take the bandwidth of the first paint. Here they wait for that paint, and for a picture that is part of it.
"""

import re
from pathlib import Path
from typing import Final

from portfolio_app.http.content.pictures import FIRST

_START: Final = """\
(() => {
  const start = () => {
    for (const link of document.querySelectorAll("link[rel=waiting]")) link.rel = "modulepreload";
    const waiting = document.querySelector("script[type=waiting]");
    const script = document.createElement("script");
    script.type = "module";
    script.text = waiting.text;
    waiting.replaceWith(script);
  };
  // A page in the background is not painted.
  document.hidden ? start() : requestAnimationFrame(() => setTimeout(start));
})();"""
_PICTURE_TOO: Final = {
    "setTimeout(start)": """setTimeout(() => {
    const first = [...document.querySelectorAll("img[fetchpriority]")].find((image) => image.offsetParent);
    const waited = new Promise((done) => setTimeout(done, 2000));
    Promise.race([first?.decode().catch(() => {}), waited]).then(start);
  })""",
    "const start = () => {": """const start = () => {
    document.querySelector("style[data-later]")?.remove();""",
}
"""On a page whose first screen has a picture its scripts wait for that, too, two seconds at most."""
_LATER: Final = (
    "<style data-later>@keyframes later{from{transform:translateY(-99999px)}}"
    "@media (scripting:enabled){img[loading=lazy]:not([fetchpriority]){animation:later 3s step-end}}</style>"
)
"""So do the pictures below it, which a browser would ask for with the first, as far as they are within some screens:
until then each is drawn far above the page, and keeps its place on it. Without the script this ends by itself."""
_PRELOAD: Final = '<link rel="modulepreload"'
_ENTRY: Final = re.compile(r'<script type="module" async="">(.*?)</script>', re.DOTALL)


def let_text_come_first(static: Path) -> None:
    """Rewrite every page of a build. Raises RuntimeError when a page starts in another way than is known."""
    for page in static.rglob("*.html"):
        page.write_text(text_first(page.read_text(encoding="utf-8"), page.name), encoding="utf-8")


def text_first(html: str, name: str) -> str:
    """The page `name` with its modules waiting for the first paint."""
    start = _START
    if FIRST in html:
        html = html.replace("</head>", f"{_LATER}</head>", 1)
        for plain, waiting in _PICTURE_TOO.items():
            start = start.replace(plain, waiting)
    html, entries = _ENTRY.subn(
        lambda found: f'<script type="waiting">{found[1]}</script><script>{start}</script>', html
    )
    if entries != 1:
        raise RuntimeError(f"{name} has {entries} scripts that start it, not one")
    return html.replace(_PRELOAD, '<link rel="waiting"')
