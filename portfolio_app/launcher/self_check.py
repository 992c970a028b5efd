"""The first message and the first run of a fresh install: the site's own, over HTTP like any visitor's."""

import asyncio
import logging
from typing import Final

import httpx

from portfolio_app import maintenance
from portfolio_app.app.errors import AppError
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.http.chat.composer import MESSAGE
from portfolio_app.launcher import address
from portfolio_app.launcher.burst.sender import hand_in, send
from portfolio_app.launcher.burst.site import Site
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.settings import Settings
from portfolio_app.words import t

PLAN: Final = Plan.parse(50, 4, "noop")
_COOKIES: Final = ("portfolio_session", "__Host-portfolio_session")
"""One of them is the name that the site reads."""
_log = logging.getLogger(__name__)


def self_check(settings: Settings) -> None:
    """Post and fire if nothing ever happened here; says so in the log if that does not work, and never tries again."""
    try:
        if (cookie := maintenance.introduce(settings)) is not None:
            asyncio.run(_check(_own(settings, cookie)))
    except (AppError, LaunchError, httpx.HTTPError) as error:
        _log.warning("the site's own first message and run are missing: %s", error)


def _own(settings: Settings, cookie: str) -> Site:
    cookies = httpx.Cookies(dict.fromkeys(_COOKIES, cookie))
    where = address.reachable(settings.host, settings.port)
    return Site(where, cookies, origin=settings.allowed_origins[0])


async def _check(site: Site) -> None:
    said = t(
        "Nobody had been here yet, so this site posted the first message itself when it started: it went the way that "
        "yours will, from the request to the commit to every open tab."
    )
    async with site.client() as client:
        posted = await client.post(MESSAGE.path, data={"at": "/chat", "body": said})
        if posted.status_code != httpx.codes.SEE_OTHER:
            raise LaunchError(f"a post was answered with {posted.status_code}")
    run = await site.start(PLAN)
    await hand_in(site, run, await send(site, run, PLAN, asyncio.Event(), lambda _: None))
