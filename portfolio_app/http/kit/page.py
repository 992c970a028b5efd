"""Pages, sections of the front page, and the features that bring them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import reflex as rx
from starlette.responses import Response
from starlette.routing import BaseRoute

from portfolio_app.app.caller import Caller
from portfolio_app.http.content.model import Article


@dataclass(frozen=True, slots=True)
class Unsent:
    """The answer to one kind of form that a browser sends by itself.

    `kept` names the field whose text is shown again when nothing was done, never a secret. `do` is called with who
    asks and the fields, where that is sound without scripts; it returns the page that shows what was done, or the
    answer itself.
    """

    name: str
    title: str
    words: str
    page: str
    link: str
    kept: str | None = None
    do: Callable[[Caller, Mapping[str, str]], Awaitable[str | Response]] | None = field(
        default=None, compare=False
    )

    @property
    def path(self) -> str:
        """The form's action: an address that no field can get into."""
        return f"/unsent/{self.name}"


Build: TypeAlias = Callable[[], rx.Component]


async def _anything(_value: str, _session_id: str) -> None:
    """Finds whatever is asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, as data: `route` in Reflex's spelling; `on_load` runs after the visitor's identity is known.

    `build` gives what stands between header and footer. A `listed` page is offered to search engines: canonical
    address, card, sitemap. `article` is what it shows, if it shows one. Without a title or description a page
    goes by the site's; one whose title is known in the browser only has it from `shown_title`. A page whose route has a
    parameter may name what `parameter` must match, how to `find` what it names for the session with the id that comes
    second (`NotFound` for nothing), and in `scriptless` the address of the same for readers without scripts, with `{}`
    for the parameter's value.
    """

    route: str
    title: str
    description: str
    build: Build
    on_load: Sequence[Any] = ()
    listed: bool = False
    article: Article | None = None
    parameter: str = ""
    scriptless: str = ""
    find: Callable[[str, str], Awaitable[object]] = _anything
    shown_title: Callable[[], rx.Var[str]] | None = None


@dataclass(frozen=True, slots=True)
class DemoPage:
    """The page of one of the owner's demos, offered to search engines; `nav` puts a link into the header.

    `body` stands beside the live log, or is what makes it; `on_load` is what runs when the page opens.
    """

    route: str
    title: str
    description: str
    body: rx.Component | Build
    on_load: Any = ()
    nav: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the front page, by the name that `profile.toml` lists it under, which is also its anchor."""

    name: str
    build: Build
    on_load: Sequence[Any] = ()
    invitation: str = ""
    """The label of the button that leads to the page from the first screen; empty for none."""
    button: Build | None = None
    """Builds that button where it does more than lead there."""


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A link in the header of every page."""

    label: str
    href: str
    order: int
    """Entries stand in ascending order."""
    moderators_only: bool = False

    @property
    def name(self) -> str:
        """The name by which `profile.toml` lists it."""
        return self.href.strip("/")


Running: TypeAlias = Callable[[Any], AbstractAsyncContextManager[None]]
"""Called with the `Runtime` at start: subscribes, starts tasks, and ends them when the site stops."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing a visitor meets, whole: deleting its folder, its tests and its line in `site.py` removes it."""

    name: str
    pages: Callable[[], Sequence[Page]] = tuple
    routes: Sequence[BaseRoute] = ()
    sections: Sequence[Section] = ()
    nav: Sequence[NavEntry] = ()
    forms: Sequence[Unsent] = ()
    """The answers to its forms while the scripts of their page are on their way."""
    running: Running | None = None
    workers: Mapping[str, str] = field(default_factory=dict)
    """The policies of scripts that run beside a page, by the path of the script."""
    unlogged: frozenset[str] = frozenset()
    """Routes that are asked so often that only their numbers are kept."""
    framed: frozenset[str] = frozenset()
    """Paths of the pages that other pages of this site may show in a frame. No other site may frame any."""
