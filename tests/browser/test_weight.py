"""What a first visit has to fetch before the page is live."""

from collections import Counter
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Request

from portfolio_app.http.content.loader import content
from tests.browser.visitor import Visitor
from tests.browser.witness import Witness
from tests.site import Site

KB = 1_000
MOST = {"javascript": 185 * KB, "css": 25 * KB}
RECORDED = 267_000
"""The first load of the front page as it was last looked at: who makes it 2 % heavier or lighter writes down why."""
MAY_DIFFER = 0.02
SHIPPED = content().profile.name == "A backend engineer"
"""An owner's words have another weight."""


def kind_of(request: Request) -> str:
    """By what the server sent: a script that was preloaded is asked for as something else."""
    answer = request.response()
    content_type = answer.header_value("content-type") if answer else None
    return next((kind for kind in MOST if kind in (content_type or "")), "other")


def test_a_first_visit_of_the_home_page_is_light(
    new_context: Callable[..., BrowserContext], site: Site
) -> None:
    context, fetched = new_context(), list[Request]()
    witness = Witness(context)
    # Playwright marks its handlers, which a bound method of a list does not take.
    context.on("requestfinished", lambda request: fetched.append(request))  # noqa: PLW0108
    Visitor.arrive(context.new_page(), "/").expect_quiet()
    transferred = Counter[str]()
    for request in fetched:
        transferred[kind_of(request)] += request.sizes()["responseBodySize"]
    figures = ", ".join(f"{kind} {size / KB:.1f} kB" for kind, size in transferred.items())
    assert all(0 < transferred[kind] <= most for kind, most in MOST.items()), figures
    assert witness.foreign(site.url) == []
    if not SHIPPED:
        return
    whole = sum(transferred.values())
    assert abs(whole - RECORDED) <= MAY_DIFFER * RECORDED, f"{whole} bytes: {figures}"
