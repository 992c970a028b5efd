"""The frame around every page, wired to the visitor's identity, and the pages for when a page can't be had."""

from collections.abc import Sequence

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from portfolio_app.http.account import (
    IdentityState,
    place_to_go_on,
    register_from,
    sign_in_from,
    ticket_form,
)
from portfolio_app.http.content.loader import content
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.kinds import Child
from portfolio_app.http.kit.page import NavEntry, Page
from portfolio_app.http.kit.problem import broken, not_found
from portfolio_app.http.kit.scripts import Moving
from portfolio_app.http.kit.shell import shell, still_shell
from portfolio_app.http.transport.frames.full import Admission
from portfolio_app.words import t


def framed(*children: Child, nav: Sequence[NavEntry]) -> rx.Component:
    """The page's content in the shell; signing out ends in a full-page navigation."""
    profile, place = content().profile, place_to_go_on()
    return rx.fragment(
        shell(
            *children,
            site=profile.site,
            nav=nav,
            links=[(link.label, link.href) for link in profile.shown_links],
            current_user=IdentityState.username,
            is_moderator=IdentityState.is_moderator,
            notice=IdentityState.notice,
            news=IdentityState.news,
            connection=rx.cond(Admission.refusal != "", "offline", scripts.connection()),
            refusal=Admission.refusal,
            sign_in=sign_in_from(place),
            register=register_from(place),
            sign_out=IdentityState.sign_out,
        ),
        ticket_form(place),
        Moving.create(build=IdentityState.build),
    )


NOT_FOUND = Page(
    route="404",
    title=t("Not found"),
    description=t("There is nothing at this address."),
    build=not_found,
)
ERROR = Page(
    route="/error",
    title=t("Something broke"),
    description=t("An error nobody foresaw."),
    build=broken,
)


class _Boundary(ErrorBoundary):  # type: ignore[misc] # the framework does not type it
    """The root of every page: what has to see the websocket from its first connect on comes with it."""

    def add_imports(self) -> dict[str, list[str]]:
        return {"": ["$/public/js/connection.js"]}


def boundary(_stateful: bool) -> rx.Component:
    """Around every page: shown instead when a page can't be drawn in the browser, which reports the error."""
    # The page took its title with it.
    page = rx.fragment(
        rx.el.title(ERROR.title), still_shell(broken(retry_href=""), site=content().profile.site)
    )
    return _Boundary.create(fallback_render=page)
