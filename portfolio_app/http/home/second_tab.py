"""A second tab of the visitor's session, inside the front page, and the site's address for a phone."""

from functools import lru_cache
from io import BytesIO
from typing import Final

import reflex as rx
import segno
from starlette.requests import Request
from starlette.responses import Response

from portfolio_app.http.chat import ENTERING, live_chat
from portfolio_app.http.kit.kinds import Flag, Text
from portfolio_app.http.kit.marks import HIDDEN
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.scripts import Unfolding
from portfolio_app.http.log import live_trace
from portfolio_app.http.transport import runtime
from portfolio_app.words import t

PATH: Final = "/second-tab"
CODE_PATH: Final = "/second-tab.svg"
_FRESH_FOR: Final = {"cache-control": "public, max-age=3600"}


def public_address() -> str:
    """The address that other machines know the site by; empty where none was set."""
    options = runtime.options()
    return "" if options.any_local else options.public_url


@lru_cache(maxsize=4)
def _code(address: str) -> bytes:
    """The QR code of an address as an SVG, dark on light in either theme, as readers expect it."""
    drawn = BytesIO()
    segno.make_qr(address, error="m").save(
        drawn, kind="svg", border=2, dark="#000", light="#fff", xmldecl=False, svgns=True, omitsize=True
    )
    return drawn.getvalue()


async def code(_request: Request) -> Response:
    """The QR code of the site's address."""
    return Response(_code(runtime.options().public_url), headers=_FRESH_FOR, media_type="image/svg+xml")


def _build() -> rx.Component:
    title = rx.el.h1(t("Your second tab"), class_name=HIDDEN)
    return rx.el.div(title, live_chat(), live_trace(), class_name="second-tab")


PAGE: Final = Page(
    route=PATH,
    title=t("Your second tab"),
    description=t("The room of the front page in a tab of its own."),
    build=_build,
    on_load=ENTERING,
)


def second_tab(has_posted: Flag, address: Text) -> rx.Component:
    """Opens `PAGE` in a frame; beside it `address` as a QR code, if there is one.

    There is no frame before it is opened: a page in the background loads lazy frames at once, and this one would take
    the page's own place at the server.
    """
    words = rx.cond(
        has_posted,
        t("Watch it arrive in your second tab, here"),
        t("Open your second tab here, then send a line"),
    )
    frame = rx.el.iframe(
        src=PATH, title=t("Your second tab"), class_name="second-frame", data_testid="second-frame"
    )
    phone = rx.el.figure(
        rx.el.img(
            src=CODE_PATH,
            alt=t("QR code of this site's address"),
            loading="lazy",
            custom_attrs={"width": "128", "height": "128"},
        ),
        rx.el.figcaption(f"{t('Or with a phone:')} ", rx.el.span(address, class_name="second-address")),
        class_name="second-phone",
    )
    return Unfolding.create(
        rx.el.summary(words, class_name="second-head", data_testid="second-tab"),
        rx.el.p(
            f"{t('A tab of its own, with its own websocket.')} ",
            rx.el.a(t("Open it in a window instead"), href="/chat", target="_blank"),
            class_name="second-words",
        ),
        rx.el.div(
            frame,
            rx.cond(address, phone),
            class_name="second-body",
        ),
        class_name="second",
    )
