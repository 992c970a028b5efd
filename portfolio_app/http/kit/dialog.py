"""The browser's modal dialog."""

from typing import Any

import reflex as rx


class Dialog(rx.Component):
    """Open while `open` is true, closed by Escape and by a click beside it; see `kit/dialog.jsx`."""

    library = "$/public/js/dialog.jsx"
    tag = "Dialog"

    open: rx.Var[bool]
    closed: rx.Var[Any]
    """A function, called after the dialog has closed for whatever reason."""
