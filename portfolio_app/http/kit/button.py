"""Buttons, and links that look like one. Every target is 44 px high."""

from typing import Final, Literal

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit.icon import IconName, icon
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Text

ButtonKind = Literal["primary", "quiet", "danger", "plain"]

_BUTTON: Final = "button"


def button(
    label: Child,
    *,
    kind: ButtonKind = "quiet",
    submits: bool = False,
    icon_name: IconName | None = None,
    on_click: Handler = None,
    disabled: Flag = False,
    idle: Flag | None = None,
    test_id: str = "",
) -> rx.Component:
    """`primary` is for the one action a panel exists for; `plain` has no border.

    `idle` says that pressing it does nothing now: unlike `disabled` it leaves the keyboard's focus where it is.
    """
    return rx.el.button(
        *([icon(icon_name)] if icon_name else []),
        label,
        class_name=_BUTTON,
        type="submit" if submits else "button",
        disabled=disabled,
        aria_disabled=idle,
        data_kind=kind,
        data_testid=test_id or None,
        on_click=[] if on_click is None else on_click,
    )


def link_button(
    label: Child, href: Text, *, kind: ButtonKind = "quiet", native: bool = False
) -> rx.Component:
    """A link with a button's looks, for going somewhere rather than doing something.

    `native` leaves it to the browser instead of the router: a place on this page takes the focus, too, and
    another page is loaded anew; an empty `href` is the page that is open.
    """
    link = A.create if native else rx.el.a
    return link(label, href=href, class_name=_BUTTON, data_kind=kind)
