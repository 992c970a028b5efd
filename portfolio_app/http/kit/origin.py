"""Where visitors find the site, in pages that are built before anybody knows it."""

from typing import Final

import reflex as rx

PLACEHOLDER: Final = "https://origin.invalid"
"""Stands in the built documents; `Documents` puts the real origin in its place when it serves one."""

ORIGIN: Final = rx.Var(f'(globalThis.location?.origin ?? "{PLACEHOLDER}")').to(str)
"""In the browser the page's own origin, so that what React draws equals what was served."""


def absolute(path: str) -> rx.Var[str]:
    """The address of a page or file of this site, for machines that want it whole."""
    return ORIGIN + path


def with_origin(text: str) -> rx.Var[str]:
    """`text` with every placeholder replaced as in `ORIGIN`."""
    return rx.Var(f'{rx.Var.create(text)!s}.replaceAll("{PLACEHOLDER}", {ORIGIN!s})').to(str)
