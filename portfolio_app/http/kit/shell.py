"""The frame around every page: skip link, header, main, footer."""

from collections.abc import Sequence
from typing import Final, TypeAlias

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import button, theme_switch
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Text
from portfolio_app.http.kit.marks import in_words, layer_strip
from portfolio_app.http.kit.page import NavEntry
from portfolio_app.http.kit.problem import (
    account_notice,
    connection_notice,
    refusal_notice,
    session_notice,
    storage_notice,
)
from portfolio_app.language import direction
from portfolio_app.words import interface_language, site_language, t

_MAIN: Final = "main"
Links: TypeAlias = Sequence[tuple[str, str]]
"""Words, each with the address that they lead to."""


CONNECTION_STATES: Final = ("connecting", "live", "reconnecting", "offline", "blocked")


def connection_indicator(state: Text) -> rx.Component:
    """The websocket's state in a word; the dot's shape follows it, not only its colour.

    `state` is one of `CONNECTION_STATES`.
    """
    return rx.el.span(
        in_words(state, CONNECTION_STATES),
        class_name="connection",
        role="status",
        data_testid="connection",
        data_state=state,
    )


class NavLink(rx.Component):
    """The router's link that says `aria-current` while its page, or one below it, is open."""

    library = "react-router"
    tag = "NavLink"

    to: rx.Var[str]


def _nav_link(label: str, href: Text) -> rx.Component:
    return NavLink.create(label, to=href, class_name="nav-link")


def _account_links(*links: rx.Component) -> rx.Component:
    return rx.el.div(*links, class_name="nav-account")


def _account(current_user: Text, sign_in: Text, register: Text, sign_out: Handler) -> rx.Component:
    return rx.cond(
        current_user,
        _account_links(
            rx.el.a(current_user, href="/account", class_name="current-user", data_testid="current-user"),
            button(t("Sign out"), kind="plain", on_click=sign_out, test_id="sign-out"),
        ),
        _account_links(_nav_link(t("Sign in"), sign_in), _nav_link(t("Register"), register)),
    )


def _brand(site: Text, *, native: bool = False) -> rx.Component:
    link = A.create if native else rx.el.a
    return link(site, href="/", class_name="brand")


def _spoken() -> dict[str, str]:
    """The attributes of words of the interface, where the site is in another language."""
    language = interface_language()
    return {} if language == site_language() else {"lang": language, "dir": direction(language)}


def _header(*children: Child) -> rx.Component:
    return rx.el.header(*children, class_name="site-header", **_spoken())


def _nav_entry(entry: NavEntry, is_moderator: Flag) -> rx.Component:
    link = _nav_link(entry.label, entry.href)
    return rx.cond(is_moderator, link) if entry.moderators_only else link


def _live_header(
    site: Text,
    nav: Sequence[NavEntry],
    *,
    current_user: Text,
    is_moderator: Flag,
    connection: Text,
    sign_in: Text,
    register: Text,
    sign_out: Handler,
) -> rx.Component:
    return _header(
        _brand(site),
        rx.el.nav(
            *(_nav_entry(entry, is_moderator) for entry in nav),
            _account(current_user, sign_in, register, sign_out),
            class_name="nav",
            aria_label=t("Site"),
        ),
        rx.el.div(connection_indicator(connection), theme_switch(), class_name="header-tools"),
    )


def _footer(links: Links, zone: Text) -> rx.Component:
    # The router knows no feed: the browser has to ask for it.
    elsewhere = [
        *(rx.el.a(label, href=href) for label, href in links),
        A.create(t("Feed"), href="/feed.xml"),
    ]
    return rx.el.footer(
        layer_strip(),
        rx.el.div(
            rx.el.p(*elsewhere, class_name="site-links"),
            rx.el.p(
                rx.cond(
                    zone,
                    t(
                        "Times are your clock's ({zone}), unless they say UTC.",
                        zone=zone,
                    ),
                    "",
                ),
                class_name="site-zone",
            ),
            rx.el.p(t("No trackers and no third-party requests: this page talks to its own server only.")),
            class_name="site-notes",
        ),
        class_name="site-footer",
        **_spoken(),
    )


def _site(header: rx.Component, links: Links, *content: Child, zone: Text = "") -> rx.Component:
    return rx.el.div(
        A.create(t("Skip to content"), href=f"#{_MAIN}", class_name="skip-link"),
        header,
        rx.el.main(*content, id=_MAIN, tab_index=-1, class_name="site-main"),
        _footer(links, zone),
        class_name="site",
    )


def shell(
    *content: Child,
    site: Text,
    nav: Sequence[NavEntry],
    links: Links,
    current_user: Text,
    is_moderator: Flag,
    notice: Text,
    news: Text,
    refusal: Text,
    connection: Text,
    sign_out: Handler,
    sign_in: Text = "/sign-in",
    register: Text = "/register",
) -> rx.Component:
    """A page of `site`, the owner's `links` in its footer; `sign_in` and `register` are addresses.

    `current_user` is empty for a guest; `notice` says what happened to the session, if something did, `news` what
    happened with the account elsewhere, `refusal` why the page is not connected; `connection` as in
    `connection_indicator`.
    """
    header = _live_header(
        site,
        nav,
        current_user=current_user,
        is_moderator=is_moderator,
        connection=connection,
        sign_in=sign_in,
        register=register,
        sign_out=sign_out,
    )
    obstacles = (
        storage_notice(scripts.obstacle("storage")),
        rx.cond(
            refusal,
            refusal_notice(refusal),
            connection_notice(scripts.obstacle("reason"), scripts.obstacle("words")),
        ),
    )
    said = session_notice(notice), account_notice(news)
    return _site(header, links, *obstacles, *said, *content, zone=scripts.obstacle("zone"))


def still_shell(*content: Child, site: Text) -> rx.Component:
    """The shell without anything that follows a state: for when drawing a page has failed."""
    return _site(_header(_brand(site, native=True)), (), *content)
