"""Buttons, links that look like them, toggles, and the switch between light and dark."""

from typing import Final, Literal

import reflex as rx
from reflex.style import resolved_color_mode, set_color_mode
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit.kinds import Child, Flag, Handler, Text
from portfolio_app.http.kit.marks import IconName, icon, in_words, spoken
from portfolio_app.words import said, t

ButtonKind = Literal["primary", "quiet", "danger", "plain"]

_BUTTON: Final = "button"


def named(label: Child, of: Text) -> Text:
    """The accessible name of a control that has `label` in each row, and in one row is about `of`."""
    return f"{label}: {of}"


def button(
    label: Child,
    *,
    kind: ButtonKind = "quiet",
    submits: bool = False,
    icon_name: IconName | None = None,
    on_click: Handler = None,
    disabled: Flag = False,
    idle: Flag | None = None,
    shortcut: str | None = None,
    of: Text = "",
    test_id: str = "",
) -> rx.Component:
    """`primary` is for the one action a panel exists for; `plain` has no border.

    `idle` says that pressing it does nothing now: unlike `disabled` it leaves the keyboard's focus where it is.
    `shortcut` is the key that presses it while its row of a list that `rove` walks has the focus; Escape presses it
    from anywhere in its form. `of` is said after the label by a screen reader, where rows have buttons of one label.
    """
    return rx.el.button(
        *([icon(icon_name)] if icon_name else []),
        label,
        class_name=_BUTTON,
        type="submit" if submits else "button",
        disabled=disabled,
        aria_disabled=idle,
        aria_keyshortcuts=shortcut,
        aria_label=None if isinstance(of, str) and not of else named(label, of),
        data_kind=kind,
        data_testid=test_id or None,
        on_click=[] if on_click is None else on_click,
    )


def link_button(
    label: Child,
    href: Text,
    *,
    kind: ButtonKind = "quiet",
    native: bool = False,
    on_click: Handler = None,
    test_id: str = "",
) -> rx.Component:
    """A link with a button's looks, for going somewhere rather than doing something.

    `native` leaves it to the browser instead of the router: a place on this page takes the focus, too, and
    another page is loaded anew; an empty `href` is the page that is open. `on_click` is done on the way.
    """
    link = A.create if native else rx.el.a
    return link(
        label,
        href=href,
        class_name=_BUTTON,
        data_kind=kind,
        data_testid=test_id or None,
        on_click=[] if on_click is None else on_click,
    )


def toggle(
    label: Child, *, pressed: Flag, on_click: Handler, layer: Text, **attributes: Text
) -> rx.Component:
    """A button that says whether it is on, in the hue of a layer."""
    return rx.el.button(
        label,
        type="button",
        class_name="toggle",
        aria_pressed=pressed,
        data_layer=layer,
        on_click=on_click,
        **attributes,
    )


Mode = Literal["system", "light", "dark"]

_ICONS: Final[dict[Mode, IconName]] = {"system": "system", "light": "sun", "dark": "moon"}
_NEXT: Final[dict[Mode, Mode]] = {"light": "dark", "dark": "system"}


def _next(mode: Mode) -> Text:
    # From the system's mode to the other one: the first click changes something on every system.
    return _NEXT[mode] if mode in _NEXT else rx.cond(resolved_color_mode == "dark", "light", "dark")


def _looks(mode: Mode) -> rx.Component:
    following = in_words(_next(mode), _ICONS)
    words = t("Theme: {mode}. Switch to {next}.", mode=said(mode), next=following)
    return rx.fragment(icon(_ICONS[mode]), spoken(words))


def theme_switch() -> rx.Component:
    """Shows the chosen mode and offers the next; Reflex keeps the choice in local storage."""
    # One button whose content changes: swapping whole buttons would drop the keyboard's focus.
    return rx.el.button(
        rx.match(rx.color_mode, *((mode, _looks(mode)) for mode in _NEXT), _looks("system")),
        class_name="theme-switch",
        type="button",
        on_click=set_color_mode(rx.match(rx.color_mode, *_NEXT.items(), _next("system"))),
    )
