"""The only form: one that keeps what is typed to itself while its page's scripts are on their way."""

import reflex as rx

from portfolio_app.http.kit.kinds import Child, Handler, Text
from portfolio_app.http.kit.unsent import Unsent


def form(*children: Child, unsent: Unsent, on_submit: Handler, **attributes: Text | bool) -> rx.Component:
    """Calls `on_submit` with the fields; until the scripts are there the browser posts them to `unsent`.

    Without a method and an action of its own, a browser would put the fields into the page's address.
    """
    return rx.el.form(*children, method="post", action=unsent.path, on_submit=on_submit, **attributes)
