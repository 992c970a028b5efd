"""Small switches that stand in rows: what is pressed is shown."""

import reflex as rx

from portfolio_app.http.kit.kinds import Child, Flag, Handler, Text


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
