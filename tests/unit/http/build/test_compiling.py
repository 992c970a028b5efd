"""Under development each page has its components in a module of its own, so that it is compiled without the others."""

from portfolio_app.http import site
from portfolio_app.http.build.compiling import components_of


def test_no_two_pages_share_their_components() -> None:
    routes = [page.route for page in site.all_pages()]

    assert len({components_of(route) for route in routes}) == len(routes)


def test_routes_that_differ_in_punctuation_only_are_kept_apart() -> None:
    assert components_of("/a-b") != components_of("/a/b")
