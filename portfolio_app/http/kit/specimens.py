"""Specimens of the components that belong to no feature."""

from typing import Final, get_args

import reflex as rx

from portfolio_app.http.kit import form, head, marks, scripts, shell
from portfolio_app.http.kit.button import button, link_button, theme_switch, toggle
from portfolio_app.http.kit.form import Field, error_text, field
from portfolio_app.http.kit.layout import (
    bench,
    column,
    demo_frame,
    demo_value,
    empty_state,
    fold,
    folded,
    loading_state,
    lowered,
    page_heading,
    page_notice,
    page_section,
    panel,
    section_heading,
    table,
    tabs,
    unconnected,
)
from portfolio_app.http.kit.marks import (
    LAYERS,
    IconName,
    clock,
    icon,
    instant,
    layer_strip,
    moment,
    pill,
    tag,
)
from portfolio_app.http.kit.problem import (
    account_notice,
    apart,
    broken,
    connection_notice,
    not_allowed,
    not_found,
    problem,
    refusal_notice,
    session_notice,
    sign_in_first,
    storage_notice,
)
from portfolio_app.http.kit.scripts import follow, kept
from portfolio_app.http.kit.shell import CONNECTION_STATES, connection_indicator
from portfolio_app.http.kit.specimen import Component, Group, Specimen, nothing, specimen, var


def _controls() -> Group:
    """Buttons, switches, fields, tabs."""
    return Group(
        "Controls",
        "Every target is 44 px high, except the toggles of a row. Hover, press and focus are the real ones: try them.",
        (*_buttons(), *_switches(), *_fields(), *_tabs()),
        small=frozenset({button, link_button, toggle, theme_switch, error_text}),
    )


_IN_THE_HEAD: Final = "it is written into <head>, where nothing is drawn"
_NOON: Final = 1_767_268_804_000
_HEARD: Final = "it is read by a screen reader and seen by nobody"

EXEMPT: Final[dict[Component, str]] = {
    head.named: _IN_THE_HEAD,
    head.shared: _IN_THE_HEAD,
    head.link: _IN_THE_HEAD,
    head.json_ld: _IN_THE_HEAD,
    marks.spoken: _HEARD,
    form.form: "it is drawn as what stands in it: the forms made with it have specimens",
    form.form_of_script: "it is hidden",
    form.choice: "the comparison of two runs has it, and that of two requests",
    table: "the comparison of two runs has it",
    page_notice: "every notice of a page is one, and those have specimens",
    apart: "it draws what stands in it",
    lowered: "it draws what it is given, with other ranks of headings",
    scripts.refresh_after: "it draws nothing: it calls a handler when a text changes",
    unconnected: "it is shown while there is no connection, and only then",
    shell.shell: "the style guide itself stands in it",
    shell.still_shell: "it is the same frame without what follows a state, and a page has one",
}


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


def _marks() -> Group:
    """Icons, pills and the like."""
    return Group(
        "Marks",
        "What stands in a line of text, or beside it.",
        (
            *(specimen(name, icon, name) for name in get_args(IconName)),
            specimen("of a message", clock, var(_NOON)),
            specimen("of a decision", moment, var(_NOON)),
            specimen("of a request", instant, var(_NOON)),
            specimen("key and value", pill, "status", "200"),
            specimen("long value", pill, "handler", "moderation.decide"),
            specimen("guest", tag, "k7f2"),
            specimen("words", tag, "this browser"),
            *(specimen(state, connection_indicator, state) for state in CONNECTION_STATES),
            specimen("the four", layer_strip),
        ),
        small=frozenset({icon, pill, tag, clock, instant, moment, connection_indicator}),
    )


def _panels() -> Group:
    """Panels, their empty and busy states, and how they stand side by side."""
    return Group(
        "Panels",
        "A titled frame; every live one has its empty, busy and failed state designed.",
        (
            specimen(
                "empty",
                panel,
                "Room",
                empty_state("No messages yet.", "Write the first one."),
                data_panel="example",
            ),
            specimen(
                "busy", panel, "Room", loading_state("Reading the room…"), aside="–", data_panel="example"
            ),
            specimen("full", panel, "Readings", _words("Three rows."), aside="3 rows", data_panel="example"),
            specimen("untried", demo_frame, "Try it", button("Roll two", kind="primary"), demo_value("0")),
            specimen("refused", demo_frame, "Try it", problem="Too fast. Try again in 7 seconds."),
            specimen("a number", demo_value, "41"),
            specimen("with a hint", empty_state, "Nothing waits.", "Messages with links stop here."),
            specimen(
                "with a way on",
                empty_state,
                "There is no such room.",
                "The address may be mistyped.",
                link_button("Open the lobby", "/chat"),
            ),
            specimen("bare", empty_state, "Nothing here matches."),
            specimen("waiting", loading_state, "Reading the trace…"),
            specimen(
                "rows",
                follow,
                *map(_words, ("The first row", "The second row", "The newest row")),
                noun="row",
                label="Example rows",
            ),
            specimen("rows", kept, _words("A row"), _words("Another row"), label="Example group"),
            specimen("two", bench, *_two("Left", "Right")),
            specimen("two", column, *_two("Above", "Below")),
            specimen("a row", fold, "Settings", _words("Whatever they are.")),
            specimen("a heading", folded, rx.el.h3("What it is"), "More of it", _words("Whatever it is.")),
        ),
        wide=frozenset({bench, column}),
    )


def _words(text: str) -> rx.Component:
    return rx.el.p(text, class_name="guide-words")


def _two(*titles: str) -> list[rx.Component]:
    return [panel(title, _words("Whatever it holds."), data_panel="example") for title in titles]


def _pages() -> Group:
    """Headings, and pages for when a page can't be had."""
    return Group(
        "Pages",
        "How a page begins, and what stands there when it can't be had.",
        (
            specimen("ended", session_notice, "Your session has ended."),
            specimen("nothing to say", session_notice, ""),
            specimen("elsewhere", account_notice, "New sign-in to your account (Firefox on Linux)."),
            *(
                specimen(reason, connection_notice, reason, "What the server says.")
                for reason in ("websocket", "origin", "unreachable")
            ),
            specimen("full", refusal_notice, "The site is full."),
            *(specimen(how, storage_notice, how) for how in ("cookies", "blocked", "full")),
            specimen("with a lede", page_heading, "A page", "What it is for."),
            specimen("bare", page_heading, "A page"),
            specimen("with a lede", section_heading, "A section", "What it shows."),
            specimen("bare", section_heading, "A section"),
            specimen(
                "with content",
                page_section,
                "A section",
                "What it shows.",
                rx.el.p("Whatever it holds."),
                anchor="example-section",
            ),
            specimen(
                "any",
                problem,
                "503",
                "The run could not be read.",
                "The service is busy.",
                link_button("Try again", "", native=True),
            ),
            specimen("404", not_found),
            specimen("guest", not_allowed, signed_in=False),
            specimen("member", not_allowed, signed_in=True),
            specimen("guest", sign_in_first, "Sign in to see where you are signed in."),
            specimen("500", broken),
        ),
        wide=frozenset({session_notice, account_notice, connection_notice, refusal_notice, storage_notice}),
    )


def groups() -> tuple[Group, ...]:
    """The specimens that the style guide shows of this feature."""
    return (_marks(), _controls(), _panels(), _pages())
