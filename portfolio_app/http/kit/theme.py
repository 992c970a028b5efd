"""The theme switch: one button that walks through system, light and dark."""

from typing import Final, Literal

import reflex as rx
from reflex.style import set_color_mode

from portfolio_app.http.kit.hidden import spoken
from portfolio_app.http.kit.icon import IconName, icon

Mode = Literal["system", "light", "dark"]

_ICONS: Final[dict[Mode, IconName]] = {"system": "system", "light": "sun", "dark": "moon"}
_NEXT: Final[dict[Mode, Mode]] = {"system": "light", "light": "dark", "dark": "system"}


def _looks(mode: Mode) -> rx.Component:
    words = f"Theme: {mode}. Switch to {_NEXT[mode]}."
    return rx.fragment(icon(_ICONS[mode]), spoken(words))


def theme_switch() -> rx.Component:
    """Shows the chosen mode and offers the next; Reflex keeps the choice in local storage."""
    # One button whose content changes: swapping whole buttons would drop the keyboard's focus.
    return rx.el.button(
        rx.match(rx.color_mode, *((mode, _looks(mode)) for mode in _NEXT), _looks("system")),
        class_name="theme-switch",
        type="button",
        on_click=set_color_mode(rx.match(rx.color_mode, *_NEXT.items(), "light")),
    )
