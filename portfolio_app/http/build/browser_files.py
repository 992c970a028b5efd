"""The files that browsers get: scripts and stylesheets from beside the Python that uses them, and pages whose text is
loaded before their scripts."""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from shutil import copyfile
from typing import Final

from portfolio_app.http.content.crawlers import INDEX, search_index
from portfolio_app.http.content.model import Content
from portfolio_app.http.content.pictures import ADDRESS, FIRST, write_all
from portfolio_app.http.content.resume import PDF
from portfolio_app.words import of_script

HTTP: Final = Path(__file__).parents[1]
ASSETS: Final = HTTP.parents[1] / "assets"
SCRIPTS: Final = Path("public/js")
_FIRST_SHEETS: Final = ("tokens", "fonts", "reset", "base", "code")
"""Stylesheets of the whole site that go first: `tokens` fixes the order of the cascade layers."""
_LAST_SHEETS: Final = ("print",)
"""Stylesheets of the whole site that go last."""
_DEVELOPMENT_ONLY: Final = "styleguide"
MODULE: Final = "app_components/portfolio_app/portfolio_app"
OTHERS: Final = f"{MODULE}_others"
"""Both below `.web`, without their suffix; pages import them as `$/…`."""
_IMPORT: Final = re.compile(rf'^import \{{([\w,]+)\}} from "\$/{MODULE}"$', re.MULTILINE)
_COMPONENT: Final = re.compile(r"^(?=export const )", re.MULTILINE)
_NAME: Final = re.compile(r"export const (\w+)")


def scripts(absent: Collection[str] = ()) -> dict[Path, str]:
    """Every script of kit and features, by its place below `.web`; pages import it as `$/public/js/NAME`.

    Not those of `absent` features.
    """
    return {SCRIPTS / file.name: of_script(_text(file)) for file in _files(absent, ".js", ".jsx")}


def stylesheets(absent: Collection[str] = ()) -> dict[Path, str]:
    """Every stylesheet by its place below `.web`, in the order of the cascade: kit, then features by name.

    Not those of `absent` features.
    """
    own = {file.stem: file for file in _files(absent, ".css")}
    common = {name: ASSETS / "css" / f"{name}.css" for name in (*_FIRST_SHEETS, *_LAST_SHEETS)}
    ordered = [
        *((name, common[name]) for name in _FIRST_SHEETS),
        *own.items(),
        *((name, common[name]) for name in _LAST_SHEETS),
    ]
    return {Path("styles/css") / f"{name}.css": _text(file) for name, file in ordered}


def remove_others(web: Path, kept: Collection[Path]) -> None:
    """Delete the scripts of an earlier compile below `web` that are not among `kept`: what is there is published."""
    for file in (web / SCRIPTS).glob("*"):
        if file.relative_to(web) not in kept:
            file.unlink()


def write_made(web: Path, content: Content) -> None:
    """The files that are made of the content, below `web`: every picture in the widths that pages name."""
    write_all(content.pictures, web / "public" / ADDRESS.strip("/"))
    (web / "public" / PDF).unlink(missing_ok=True)
    if content.pdf:
        copyfile(content.pdf, web / "public" / PDF)


def write_index(web: Path, content: Content, pages: Iterable[tuple[str, str, str]]) -> None:
    """The index that the search reads, below `web`: the articles, and `pages` by address, title and description."""
    named = (
        (path, title or content.profile.site, text or content.profile.summary) for path, title, text in pages
    )
    (web / "public" / INDEX.strip("/")).write_bytes(search_index(named, content.articles))


def _files(absent: Collection[str], *suffixes: str) -> Iterator[Path]:
    """Files beside Python with one of these endings: those of `kit` first, then by feature and name."""
    found = [
        file
        for file in HTTP.rglob("[!.]*")  # an editor's lock, `.#name.css`, is a link to nothing
        if file.suffix in suffixes and file.relative_to(HTTP).parts[0] not in (_DEVELOPMENT_ONLY, *absent)
    ]
    return iter(sorted(found, key=lambda file: (file.parent.name != "kit", file)))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


class SharedComponents:
    """One compile: to be given the front page, then every other page, then the module."""

    def __init__(self) -> None:
        self._front: frozenset[str] = frozenset()
        self._others = ""

    def front_page(self, page: str) -> str:
        """Take note of what it shows. Raises RuntimeError when it imports in another way than is known."""
        found = _IMPORT.search(page)
        if found is None:
            raise RuntimeError("the front page imports its components in another way than this project knows")
        self._front = frozenset(found[1].split(","))
        return page

    def page(self, text: str) -> str:
        """Another page, which imports from either module what is there."""
        return _IMPORT.sub(self._imports, text)

    def module(self, text: str) -> str:
        """The components of the front page; `others` has the rest from now on."""
        head, *components = _COMPONENT.split(text)
        named = [(found[1], each) for each in components if (found := _NAME.match(each))]
        self._others = head + "".join(each for name, each in named if name not in self._front)
        return head + "".join(each for name, each in named if name in self._front)

    def others(self, _text: str) -> str:
        """The components of other pages alone."""
        return self._others

    def _imports(self, found: re.Match[str]) -> str:
        names = found[1].split(",")
        front = ",".join(name for name in names if name in self._front)
        rest = ",".join(name for name in names if name not in self._front)
        lines = [
            f'import {{{each}}} from "$/{path}"' for each, path in ((front, MODULE), (rest, OTHERS)) if each
        ]
        return "\n".join(lines)


_ASK: Final = """\
for (const link of document.querySelectorAll("link[rel=waiting]")) link.rel = "modulepreload";"""
_SLOW_MS: Final = 500
_EARLIER: Final = f"""\
(() => {{
  const ask = () => {{
    {_ASK}
  }};
  if (performance.now() > {_SLOW_MS}) setTimeout(ask, 200);
}})();"""
"""Asks for the modules of a page without waiting for its first paint, where the document took that long to come: a
little after the stylesheet and the fonts, so that the answers begin when those are nearly whole, and come in while the
page is laid out."""
_START: Final = f"""\
(() => {{
  const start = () => {{
    {_ASK}
    const waiting = document.querySelector("script[type=waiting]");
    const script = document.createElement("script");
    script.type = "module";
    script.text = waiting.text;
    waiting.replaceWith(script);
  }};
  // A page in the background is not painted.
  document.hidden ? start() : requestAnimationFrame(() => setTimeout(start));
}})();"""
_PICTURE_TOO: Final = {
    "setTimeout(start)": """setTimeout(() => {
    const first = [...document.querySelectorAll("img[fetchpriority]")].find((image) => image.offsetParent);
    const waited = new Promise((done) => setTimeout(done, 2000));
    Promise.race([first?.decode().catch(() => {}), waited]).then(start);
  })""",
    "const start = () => {": """const start = () => {
    document.querySelector("style[data-later]")?.remove();""",
}
"""Replacements in `_START` for a page whose first screen has a picture: scripts wait for that, two seconds at most."""
_LATER: Final = (
    "<style data-later>@keyframes later{from{transform:translateY(-99999px)}}"
    "@media (scripting:enabled){img[loading=lazy]:not([fetchpriority]){animation:later 3s step-end}}</style>"
)
"""The style that delays the pictures below, which a browser would ask for with the first if within some screens:
until then each is drawn far above the page, and keeps its place on it. Without the script this ends by itself."""
_PRELOAD: Final = '<link rel="modulepreload"'
_STYLESHEET: Final = re.compile('(?=<link href="[^"]*" rel="stylesheet")')
"""The place before the stylesheet: a script behind it would wait for it."""
_ENTRY: Final = re.compile(r'<script type="module" async="">(.*?)</script>', re.DOTALL)


def defer_scripts(static: Path) -> None:
    """Rewrite every page of a build. Raises RuntimeError when a page starts in another way than is known."""
    for page in static.rglob("*.html"):
        page.write_text(with_deferred_scripts(page.read_text(encoding="utf-8"), page.name), encoding="utf-8")


def with_deferred_scripts(html: str, name: str) -> str:
    """The page `name` with its modules waiting for the first paint; on a slow line they are only run after it.

    Raises RuntimeError when it starts in another way than is known.
    """
    start = _START
    html, sheets = _STYLESHEET.subn("" if FIRST in html else f"<script>{_EARLIER}</script>", html, count=1)
    if FIRST in html:
        html = html.replace("</head>", f"{_LATER}</head>", 1)
        for plain, waiting in _PICTURE_TOO.items():
            start = start.replace(plain, waiting)
    html, entries = _ENTRY.subn(
        lambda found: f'<script type="waiting">{found[1]}</script><script>{start}</script>', html
    )
    if entries != 1 or not sheets:
        raise RuntimeError(
            f"{name} has {entries} scripts that start it and {sheets} stylesheets, not one of each"
        )
    return html.replace(_PRELOAD, '<link rel="waiting"')
