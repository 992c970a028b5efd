"""What is pressed, typed into or chosen from."""

from portfolio_app.http.kit.button import button, link_button
from portfolio_app.http.kit.field import Field, error_text, field
from portfolio_app.http.kit.layer import LAYERS
from portfolio_app.http.kit.panel import empty_state, loading_state
from portfolio_app.http.kit.tabs import tabs
from portfolio_app.http.kit.theme import theme_switch
from portfolio_app.http.kit.toggle import toggle
from portfolio_app.http.styleguide.samples import nothing
from portfolio_app.http.styleguide.specimen import Group, Specimen, specimen


def group() -> Group:
    """Buttons, switches, fields, tabs."""
    return Group(
        "Controls",
        "Every target is 44 px high, except the toggles of a row. Hover, press and focus are the real ones: try them.",
        (*_buttons(), *_switches(), *_fields(), *_tabs()),
        small=frozenset({button, link_button, toggle, theme_switch, error_text}),
    )


def _buttons() -> tuple[Specimen, ...]:
    return (
        specimen("quiet", button, "Read again"),
        specimen("quiet, icon", button, "Try again", icon_name="retry"),
        specimen("primary", button, "Send", kind="primary", icon_name="send"),
        specimen("danger", button, "Remove", kind="danger", icon_name="trash"),
        specimen("plain", button, "Discard", kind="plain"),
        specimen("disabled", button, "Signing in…", kind="primary", disabled=True),
        specimen("idle", button, "Cancel", icon_name="close", idle=True),
        specimen("quiet", link_button, "Open the chat", "/chat"),
        specimen("primary", link_button, "Sign in", "/sign-in", kind="primary"),
        specimen("plain", link_button, "Work", "/work", kind="plain"),
        specimen("danger", link_button, "Leave", "/", kind="danger"),
        specimen("native", link_button, "Down to panels", "#panels", native=True),
    )


def _switches() -> tuple[Specimen, ...]:
    return (
        *(
            specimen(f"{layer}, on", toggle, f"demo.{layer}", pressed=True, on_click=nothing, layer=layer)
            for layer in LAYERS
        ),
        *(
            specimen(f"{layer}, off", toggle, f"demo.{layer}", pressed=False, on_click=nothing, layer=layer)
            for layer in LAYERS
        ),
        specimen("as chosen", theme_switch),
    )


def _fields() -> tuple[Specimen, ...]:
    return (
        specimen("empty", field, Field("nickname", "Username", "text", "off"), id_prefix="plain-"),
        specimen(
            "with a hint",
            field,
            Field("nickname", "Username", "text", "off", "3 to 24 letters, digits, hyphens or underscores."),
            id_prefix="hinted-",
        ),
        specimen(
            "refused",
            field,
            Field(
                "nickname", "Username", "text", "off", "Shown beside your messages.", "This name is taken."
            ),
            id_prefix="refused-",
        ),
        specimen(
            "email", field, Field("contact", "Email", "email", "off", "Never shown."), id_prefix="mail-"
        ),
        specimen("password", field, Field("secret", "Password", "password", "off"), id_prefix="secret-"),
        specimen("said", error_text, "This name is taken."),
        specimen("nothing to say", error_text, ""),
    )


def _tabs() -> tuple[Specimen, ...]:
    return (
        specimen(
            "two",
            tabs,
            {
                "First": empty_state("The first panel.", "Arrow keys walk the tabs."),
                "Second": loading_state("The second."),
            },
            label="Example of two",
        ),
        specimen(
            "four",
            tabs,
            {
                name: empty_state(name)
                for name in ("Auth durability", "Boundary-safe flows", "Observability", "Live chat delivery")
            },
            label="Example of four",
        ),
    )
