"""Whether the owner's words and demos fit this checkout: what does not, by file and line, and what can be rewritten."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from portfolio_app import folders
from portfolio_app.http.build.browser_files import ASSETS
from portfolio_app.http.content.loader import content, left_out, links, problems, texts
from portfolio_app.http.content.model import ContentError
from portfolio_app.http.content.source import moved, places
from portfolio_app.launcher.errors import inert


def check(*, rewrite: bool) -> int:
    """Print what does not fit and return the exit code; with `rewrite`, first put right what needs no decision."""
    if rewrite:
        for line in rewritten(folders.content()):
            print(inert(line))
    wrong = wrong_files(folders.content())
    print(*(inert(str(error)) for error in wrong), sep="\n", end="\n" if wrong else "")
    if wrong:
        print(f"{len(wrong)} to change before this checkout can serve them")
        return 1
    for line in left_out(folders.content()):
        print(inert(line))
    found = content()
    work, writing = (
        _counted(len(found.work), "case study", "case studies"),
        _counted(len(found.writing), "article", "articles"),
    )
    print(f"the profile, {work} and {writing} fit this checkout")
    return 0


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def rewritten(folder: Path) -> Iterator[str]:
    """Change quotations of code that has moved to another file; yields a line for each."""
    for path in texts(folder):
        before = path.read_bytes().decode("utf-8", "surrogateescape")
        lines = before.split("\n")
        for number, place in places(before):
            if now := moved(place):
                lines[number - 1] = lines[number - 1].replace(place, now, 1)
                yield f"{folders.shown(path)}:{number}: {place} is {now} now: rewritten"
        if (after := "\n".join(lines)) != before:
            _replace(path.resolve(), after.encode("utf-8", "surrogateescape"))


def _replace(path: Path, text: bytes) -> None:
    """Write a text beside the file and put it in its place: a full disk leaves the words that were there."""
    written = path.with_name(f".{path.name}.new")
    try:
        written.write_bytes(text)
        shutil.copymode(path, written)
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def wrong_files(folder: Path) -> list[ContentError]:
    """The mistakes in the words, then in the demos, then the links to pages that this site does not have."""
    from portfolio_app.http import demos, site

    words = problems(folder, site.mistakes)
    # Which pages and actions are the site's own is known once its words can be read.
    return [*words, *demos.problems(() if words else site.own_routes())] or list(_links_to_nowhere())


def _links_to_nowhere() -> Iterator[ContentError]:
    from portfolio_app.http import asgi, site

    routes = [page.route for page in site.all_pages()] + [
        getattr(route, "path", "") for route in asgi.routes()
    ]
    if content().pdf:
        routes.append("/resume.pdf")
    known = re.compile("|".join(f"(?:{_pattern(route)})" for route in routes))
    for file, link, article in links(content(), folders.content()):
        path = re.split(r"[?#]", urljoin(article.path if article else "/", link.href))[0]
        if path.startswith("/") and not known.fullmatch(path) and not _is_asset(path):
            yield ContentError(file, link.line, f"links to {path}, which is no page of this site")


def _pattern(route: str) -> str:
    """The pattern of the addresses that a route of Reflex or Starlette answers."""
    return "[^/]+".join(map(re.escape, re.split(r"\[\w+\]|\{\w+(?::path)?\}", route))) + "/?"


def _is_asset(path: str) -> bool:
    return (ASSETS / path.lstrip("/")).is_file()
