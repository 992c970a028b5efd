"""A person's browser as far as identity goes: a cookie jar, tabs, and the account forms."""

import secrets
from contextlib import AbstractAsyncContextManager
from typing import Any, Self

import httpx

from tests.site import Site
from tests.socket.client import Tab, open_tab
from tests.waiting import PATIENCE_S

COOKIE = "portfolio_session"
"""Without the port: such a cookie counts, too."""
PASSWORD = "correct horse battery"


class Visitor:
    """Use as a context manager. Tabs and requests share `cookie`, as in a browser."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookie: str | None = None
        # Each visitor comes from an address of their own, so that one's allowance is not another's.
        self.proxy = {"x-forwarded-for": f"10.{'.'.join(str(secrets.randbelow(256)) for _ in range(3))}"}
        self.http = httpx.AsyncClient(
            base_url=site.url, headers={"origin": site.url} | self.proxy, timeout=PATIENCE_S
        )

    async def __aenter__(self) -> Self:
        async with self.tab() as tab:
            self.keep(tab.set_cookie)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    @property
    def jar(self) -> dict[str, str]:
        """The Cookie header."""
        return {"cookie": self.cookie} if self.cookie else {}

    def tab(self, **options: Any) -> AbstractAsyncContextManager[Tab]:
        """Open a websocket with this browser's cookie; `options` are `open_tab`'s."""
        headers = self.proxy | options.pop("headers", {})
        return open_tab(self.site.url, **{"cookie": self.cookie, "headers": headers, **options})

    async def post(self, path: str, data: dict[str, str], **headers: str) -> httpx.Response:
        """Send a form, and keep the cookie that comes back."""
        answer = await self.http.post(path, data=data, headers=self.jar | headers)
        self.keep(answer.headers.get("set-cookie"))
        return answer

    async def exchange(self, ticket: str, next_path: str = "/") -> httpx.Response:
        """Swap a ticket for a cookie, as the page's hidden form does."""
        return await self.post("/session/exchange", {"ticket": ticket, "next": next_path})

    async def register(self, username: str | None = None) -> str:
        """Make an account and be signed in to it; returns the username."""
        username = username or f"user-{secrets.token_hex(4)}"
        form = {"email": f"{username}@example.org", "username": username, "password": PASSWORD}
        async with self.tab() as tab:
            await tab.boot("/register")
            ticket = await ticket_for(tab, "register_state", "submit", {"form": form}, path="/register")
        assert (await self.exchange(ticket)).headers["location"] == "/"
        return username

    async def sign_in(self, login: str, password: str = PASSWORD) -> str:
        """Ask for a ticket with the sign-in form, without using it."""
        async with self.tab() as tab:
            await tab.boot("/sign-in")
            return await self.ticket(tab, login, password)

    async def ticket(self, tab: Tab, login: str, password: str = PASSWORD) -> str:
        """Ask for a ticket in a tab of this browser."""
        form = {"email": login, "password": password}
        return await ticket_for(tab, "sign_in_state", "submit", {"form": form}, path="/sign-in")

    async def who(self) -> dict[str, Any]:
        """What pages show of this visitor."""
        async with self.tab() as tab:
            await tab.boot()
            return tab.state[tab.find("identity_state")]

    @property
    def anywhere(self) -> str:
        """The cookie as every port of this machine takes it: without one in its name."""
        _, _, value = (self.cookie or "").partition("=")
        return f"{COOKIE}={value}"

    def keep(self, set_cookie: str | None) -> None:
        """Take over the cookie of an answer, if it sets one."""
        if set_cookie is not None:
            self.cookie = set_cookie.split(";")[0]


async def ticket_for(tab: Tab, state: str, handler: str, payload: dict[str, Any], *, path: str = "/") -> str:
    """Call a handler that hands out a ticket, and catch the ticket on its way to the form."""
    await tab.call(f"{tab.find(state)}.{handler}", payload, path=path)
    await tab.until(lambda: tab.events or tab.value(state, "error") or tab.value(state, "field_errors"))
    assert tab.events, f"no ticket but {tab.state[tab.find(state)]}"
    event = tab.events[-1]
    assert event["name"] == "_set_value"
    return str(event["payload"]["value"])
