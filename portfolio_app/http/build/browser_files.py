"""Scripts and stylesheets that stand beside the Python that uses them, as the frontend's compiler wants them."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from shutil import copyfile
from typing import Final

from portfolio_app.http.content.crawlers import INDEX, search_index
from portfolio_app.http.content.model import Content
from portfolio_app.http.content.pictures import ADDRESS, write_all
from portfolio_app.http.content.resume import PDF
from portfolio_app.words import of_script

HTTP: Final = Path(__file__).parents[1]
ASSETS: Final = HTTP.parents[1] / "assets"
SCRIPTS: Final = Path("public/js")
FIRST: Final = ("tokens", "fonts", "reset", "base", "code")
"""Stylesheets of the whole site that go first: `tokens` fixes the order of the cascade layers."""
LAST: Final = ("print",)
"""Stylesheets of the whole site that go last."""
_DEVELOPMENT_ONLY: Final = "styleguide"


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
    common = {name: ASSETS / "css" / f"{name}.css" for name in (*FIRST, *LAST)}
    ordered = [
        *((name, common[name]) for name in FIRST),
        *own.items(),
        *((name, common[name]) for name in LAST),
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
        for file in HTTP.rglob("*")
        if file.suffix in suffixes and file.relative_to(HTTP).parts[0] not in (_DEVELOPMENT_ONLY, *absent)
    ]
    return iter(sorted(found, key=lambda file: (file.parent.name != "kit", file)))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
