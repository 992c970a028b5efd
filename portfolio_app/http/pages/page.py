"""A page is data; one loop registers them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx


@dataclass(frozen=True, slots=True)
class Page:
    """`route` in Reflex's spelling; `on_load` runs after the visitor's identity is known."""

    route: str
    title: str
    description: str
    build: Callable[[], rx.Component]
    on_load: Sequence[Any] = ()
