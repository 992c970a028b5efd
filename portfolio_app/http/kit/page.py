"""A page is data; one loop registers them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from portfolio_app.http.content.model import Article


@dataclass(frozen=True, slots=True)
class Page:
    """`route` in Reflex's spelling; `on_load` runs after the visitor's identity is known.

    A `listed` page is offered to search engines: canonical address, card, sitemap. `article` is what it shows,
    if it shows one. Without a title or description a page goes by the site's.
    """

    route: str
    title: str
    description: str
    build: Callable[[], rx.Component]
    on_load: Sequence[Any] = ()
    listed: bool = False
    article: Article | None = None
