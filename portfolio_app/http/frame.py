"""What stands around every page, wired to the visitor's identity."""

from collections.abc import Sequence

import reflex as rx

from portfolio_app.http.account import IdentityState, ticket_form
from portfolio_app.http.content.loader import content
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.kinds import Child
from portfolio_app.http.kit.page import NavEntry
from portfolio_app.http.kit.shell import shell


def framed(*children: Child, nav: Sequence[NavEntry]) -> rx.Component:
    """The page's content in the shell; signing out ends in a full-page navigation."""
    profile = content().profile
    return rx.fragment(
        shell(
            *children,
            site=profile.site,
            nav=nav,
            links={link.label: link.href for link in profile.links},
            current_user=IdentityState.username,
            is_moderator=IdentityState.is_moderator,
            notice=IdentityState.notice,
            connection=scripts.connection(),
            sign_out=IdentityState.sign_out,
        ),
        ticket_form(),
    )
