"""The few types every component's signature is written in."""

from typing import Any, TypeAlias

import reflex as rx

Text: TypeAlias = str | rx.Var[str]
"""Words fixed at build time, or a Var that carries them."""

Flag: TypeAlias = bool | rx.Var[bool]

Number: TypeAlias = rx.vars.NumberVar[int]

Child: TypeAlias = rx.Component | rx.Var[Any] | str
"""The kinds of values that may stand inside an element."""

Handler: TypeAlias = Any
"""An event handler, event spec, lambda or list of them: what Reflex accepts as `on_...`."""

Row: TypeAlias = rx.vars.ObjectVar[dict[str, Any]]
"""One row inside a `foreach`: a dict or a frozen dataclass, read by field name."""

Rows: TypeAlias = Any
"""A Var of a list of rows. A type checker sees a state's var as the plain list, hence no tighter type."""

RowHandler: TypeAlias = Any
"""Called with the row's id Var, gives what a button does: an event handler, or a function of the Var."""
