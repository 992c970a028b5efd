"""Pages for when a page can't be had."""

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from portfolio_app.http.content.loader import content
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.problem import broken, not_found
from portfolio_app.http.kit.shell import still_shell

NOT_FOUND = Page(
    route="404",
    title="Not found",
    description="There is nothing at this address.",
    build=not_found,
)
ERROR = Page(
    route="/error",
    title="Something broke",
    description="An error nobody foresaw.",
    build=broken,
)


def boundary(_stateful: bool) -> rx.Component:
    """Around every page: shown instead when a page can't be drawn in the browser, which reports the error."""
    # The page took its title with it.
    page = rx.fragment(
        rx.el.title(ERROR.title), still_shell(broken(retry_href=""), site=content().profile.site)
    )
    return ErrorBoundary.create(fallback_render=page)
