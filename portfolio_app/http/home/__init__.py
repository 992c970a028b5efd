"""The front page: the claim, the pulse of the process that serves it, and the sections that features bring."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.routing import Route

from portfolio_app.http.home import second_tab
from portfolio_app.http.home.page import home_page
from portfolio_app.http.home.pulse import Pulse, PulseState
from portfolio_app.http.kit.page import Feature
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import Runtime


@asynccontextmanager
async def _running(site: Runtime) -> AsyncIterator[None]:
    pulse = site.add(Pulse(site.part(Push), PulseState, site))
    beating = asyncio.create_task(pulse.run(), name="pulse")
    yield
    beating.cancel()


FEATURE = Feature(
    "home",
    pages=lambda: (second_tab.PAGE,),
    routes=(Route(second_tab.CODE_PATH, second_tab.code, methods=["GET"]),),
    running=_running,
    framed=frozenset({second_tab.PATH}),
)

__all__ = ["FEATURE", "home_page"]
