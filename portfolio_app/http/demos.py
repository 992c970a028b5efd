"""The owner's demos: every file or folder in `portfolio_app/demos`, or in DEMOS_DIR, brings a page, found by itself."""

import importlib
import inspect
import pkgutil
import re
import traceback
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import CodeType
from typing import Any, Final

import reflex as rx
from reflex.state import BaseState

from portfolio_app import folders
from portfolio_app.http.content.model import ContentError
from portfolio_app.http.kit.layout import bench, page_heading
from portfolio_app.http.kit.page import DemoPage, Feature, NavEntry, Page
from portfolio_app.http.log import LogState, live_log, live_trace
from portfolio_app.http.transport.action import NAME
from portfolio_app.http.transport.parsing import not_given
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.resync import Resync
from portfolio_app.http.transport.runtime import Runtime
from portfolio_app.http.transport.shared import SharedValues

_PACKAGE: Final = "portfolio_app.demos"
_ORDER: Final = 50
_ROUTE: Final = re.compile(r"/|(/[A-Za-z0-9_-]+)+")
NO_PAGES: Final = frozenset(
    {"404", "api", "assets", "error", "index", "metrics", "plain", "session", "styleguide", "unsent"}
)
"""Beginnings of addresses at which something else is answered than a page of a feature."""


@dataclass(frozen=True, slots=True)
class Found:
    """One demo: the name and the file of its module, and its page."""

    name: str
    file: Path
    page: DemoPage


@cache
def found() -> tuple[Found, ...]:
    """Every demo, by name; `ContentError` for the first that can't be had."""
    return tuple(map(_load, _names()))


def problems(own_routes: Iterable[str] = ()) -> list[ContentError]:
    """The problems of demos that can't be loaded or drawn, or have what another one or the site itself has."""
    wrong: list[ContentError] = []
    loaded: list[Found] = []
    for name in _names():
        try:
            loaded.append(_load(name))
            body_of(loaded[-1])
        except ContentError as error:
            wrong.append(error)
    return [*wrong, *clashes(own_routes, loaded)]


def _names() -> list[str]:
    names = sorted(module.name for module in pkgutil.iter_modules([str(folders.demos())]))
    return [name for name in names if not name.startswith("_")]


def features() -> Sequence[Feature]:
    """The features of the demos: one each, and one that pushes the values they share."""
    return (Feature("demos", running=_running), *map(_feature, found()))


def clashes(own_routes: Iterable[str], demos: Sequence[Found]) -> Iterator[ContentError]:
    """The addresses and the names of actions that a demo has in common with one before it, or with the site itself."""
    pages: dict[str, Found | None] = dict.fromkeys(own_routes)
    for demo in demos:
        if (other := pages.setdefault(demo.page.route, demo)) is not demo:
            at = f", that of {folders.shown(other.file)}" if other else ""
            yield _wrong_page(demo.file, f"another page is at {demo.page.route} already{at}")
    taken: dict[str, CodeType] = {}
    order = {demo.name: number for number, demo in enumerate(demos, 1)}
    # An action that several states have from one base is one.
    each_once = {id(action[-1]): action for action in _actions(order)}.values()
    for number, name, method in sorted(each_once, key=_place):
        if (one := taken.setdefault(name, method)) is not method and number:
            at = f"{folders.shown(Path(one.co_filename))}:{one.co_firstlineno}"
            reason = f'another action is named "{name}" already, that at {at}'
            yield ContentError(Path(method.co_filename), method.co_firstlineno, reason)


def _actions(demos: Mapping[str, int]) -> Iterator[tuple[int, str, CodeType]]:
    """Every action: the number of its demo, 0 for the site's own, its name and its method."""
    left: list[type[BaseState]] = [rx.State]
    while left:
        left += (state := left.pop()).get_substates()
        package, _, module = state.__module__.partition(f"{_PACKAGE}.")
        number = 0 if package else demos.get(module.partition(".")[0])
        for handler in state.event_handlers.values():
            name: str = getattr(handler.fn, NAME, "")
            if name and number is not None:
                yield number, name, inspect.unwrap(handler.fn).__code__


def _place(action: tuple[int, str, CodeType]) -> tuple[int, str, int]:
    number, _, method = action
    return number, method.co_filename, method.co_firstlineno


def body_of(demo: Found) -> rx.Component:
    """The body of a demo's page, without its frame; `ContentError` if it can't be drawn."""
    body = demo.page.body
    try:
        drawn = body if isinstance(body, rx.Component) else body()
    except Exception as error:
        raise ContentError(*_blame(error, demo.file), _words(error)) from error
    if not isinstance(drawn, rx.Component):
        raise _wrong_page(demo.file, f"the body of a page draws a component, not {drawn!r}")
    return drawn


def _load(name: str) -> Found:
    file = _file_of(name)
    if not f"a{name.replace('-', '_')}".isidentifier():  # the page's script has its state under this name
        raise ContentError(
            file, 1, "a demo's file is named by letters, digits, - and _ only: give it another name"
        )
    try:
        page = getattr(importlib.import_module(f"{_PACKAGE}.{name}"), "PAGE", None)
    except (Exception, SystemExit) as error:
        raise ContentError(*_blame(error, file), _words(error)) from error
    if not isinstance(page, DemoPage):
        raise _wrong_page(file, "a demo has a PAGE, which is a Page of portfolio_app.demo")
    if reason := _reason_against(page):
        raise _wrong_page(file, reason)
    return Found(name, file, page)


def _reason_against(page: DemoPage) -> str:
    """Why a page can't be shown as it is; empty for none."""
    # Nothing has checked the types that a demo gives.
    body: object = page.body
    texts: dict[str, object] = {
        "address": page.route,
        "title": page.title,
        "description": page.description,
    }
    for word, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            return f"the {word} of a page is a text that is not empty, unlike {text!r}"
    if not page.route.startswith("/"):
        return f"the address of a page begins with a slash, unlike {page.route!r}"
    if not _ROUTE.fullmatch(page.route):
        letters = "letters a to z, digits, - and _ between slashes"
        return f"the address of a page is made of {letters}, unlike {page.route!r}"
    if page.route.split("/")[1] in NO_PAGES:
        return f"the site itself answers at {page.route}; give the page another address"
    if not (isinstance(body, rx.Component) or callable(body)):
        return f"the body of a page is a panel or a component, not {body!r}"
    missing = [name for event in _loads(page) for name in not_given(event)]
    return f"what runs when a page opens lacks {', '.join(missing)}" if missing else ""


def _wrong_page(file: Path, reason: str) -> ContentError:
    """An error at the line of PAGE, or the first if it comes from elsewhere."""
    text = file.read_text(encoding="utf-8", errors="replace")
    at = re.search(r"^PAGE\b", text, re.MULTILINE)
    return ContentError(file, text.count("\n", 0, at.start()) + 1 if at else 1, reason)


def _file_of(name: str) -> Path:
    folder = folders.demos() / name
    return folder / "__init__.py" if folder.is_dir() else folder.with_name(f"{name}.py")


def _blame(error: BaseException, file: Path) -> tuple[Path, int]:
    """The innermost place in a demo that the error comes from."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return Path(error.filename), error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folders.demos())]
    return (Path(own[-1].filename), own[-1].lineno or 1) if own else (file, 1)


def _words(error: BaseException) -> str:
    said = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _feature(demo: Found) -> Feature:
    page = demo.page
    entry = NavEntry(page.title, page.route, _ORDER)
    return Feature(demo.name, pages=lambda: (_page(demo),), nav=(entry,) if page.nav else ())


def _page(demo: Found) -> Page:
    page = demo.page
    return Page(
        route=page.route,
        title=page.title,
        description=page.description,
        build=partial(_build, demo),
        on_load=(LogState.follow, *_loads(page)),
        listed=True,
    )


def _loads(page: DemoPage) -> Sequence[Any]:
    return page.on_load if isinstance(page.on_load, list | tuple) else (page.on_load,)


def _build(demo: Found) -> rx.Component:
    heading = page_heading(demo.page.title, demo.page.description)
    return rx.fragment(heading, bench(body_of(demo), live_log()), live_trace())


@asynccontextmanager
async def _running(site: Runtime) -> AsyncIterator[None]:
    values = site.add(SharedValues(site.part(Push), site.services.live_feed))
    site.services.bus.subscribe(values.on_event)
    site.part(Resync).add(values.reread)
    yield
