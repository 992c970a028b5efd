"""The site that a burst goes to, as a client sees it."""

import asyncio
import re
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from portfolio_app.domain.burst.plan import Pace, Plan
from portfolio_app.launcher.burst.answers import Refusal, refusal_of, unreachable
from portfolio_app.launcher.errors import LaunchError, inert
from portfolio_app.settings.values import DEFAULT_PORTS, origin

AT_ONCE: Final = 500
"""Answers that one report may hold."""
PAUSES_S: Final = (0.4, 0.8, 1.6)
"""Before each repetition of a report: one hiccup must not cost a run its receipt. As the page does it."""
RecordFields = dict[str, Any]
"""A run's record, as the site answers with it."""
_PATIENCE: Final = httpx.Timeout(30, connect=5)
_LAST_WORD_S: Final = 2
"""Seconds that abandoning a run may take after a second Ctrl-C, which asks for an end at once."""
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,128}")
_SECURE: Final = (
    "its cookie is not sent over http, so give the address that visitors use (PUBLIC_URL) as --url"
)
_RUNS: Final = "/api/burst/runs"


@dataclass(frozen=True, slots=True)
class RunTicket:
    """A run that was started; `headers` open it.

    Its requests are taken until `ends_at`, by the monotonic clock, its reports for longer.
    """

    id: str
    headers: dict[str, str]
    ends_at: float

    def left_s(self) -> float:
        """Seconds until the site takes no more requests of this run."""
        return self.ends_at - time.monotonic()


@dataclass(slots=True)
class Site:
    """Requests to one origin in one session, which the first answer sets.

    `origin` is what the site calls itself, if that is not `url`; `transport` replaces the network.
    """

    url: str
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    origin: str = ""
    transport: httpx.AsyncBaseTransport | None = None
    # Loading the trusted certificates takes longer than a burst's request: once for all connections.
    _tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @classmethod
    def at(cls, url: str) -> "Site":
        """The site at an address; `LaunchError` for one that is none."""
        try:
            parts = urlsplit(url)
            scheme, host, port = parts.scheme, parts.hostname or "", parts.port
            if not host.isascii():  # as browsers spell an international name
                host = httpx.URL(scheme=scheme, host=host).raw_host.decode("ascii")
        except (ValueError, httpx.InvalidURL):
            scheme, host, port = "", "", None
        if scheme not in DEFAULT_PORTS or not host:
            raise LaunchError(f"--url: {url!r} is no http:// or https:// address")
        return cls(origin(scheme, host, port))

    def client(self) -> httpx.AsyncClient:
        """A client with the session's cookie; a burst's workers have one each, for a connection each."""
        return httpx.AsyncClient(
            base_url=self.url,
            headers={"origin": self.origin or self.url},
            cookies=self.cookies,
            timeout=_PATIENCE,
            transport=self.transport,
            verify=self._tls,
        )

    async def start(self, plan: Plan) -> RunTicket:
        """Start a run; `Refusal` in the site's own words when it won't."""
        wanted = {"size": plan.size.value, "workers": plan.workers.value, "mode": plan.mode.value}
        asked_at = time.monotonic()
        async with self.client() as client:
            answer = await self._post(client, _RUNS, wanted)
            self.cookies = client.cookies
        if self.url.startswith("http://") and any(cookie.secure for cookie in self.cookies.jar):
            raise Refusal(f"{self.url} is a site of https: {_SECURE}", final=True)
        try:
            given = answer.json()
            if not _ID.fullmatch(given["run"]) or not _ID.fullmatch(given["ticket"]):
                raise ValueError
            ticket = f"{given['run']}.{given['ticket']}"
            return RunTicket(given["run"], {"x-burst-ticket": ticket}, asked_at + given["expires_in_s"])
        except (ValueError, KeyError, TypeError):
            raise Refusal(f"{self.url} answers, but not as the site does", final=True) from None

    async def finish(
        self, run: RunTicket, answers: Sequence[Sequence[Any]], *, cancelled: bool, pace: Pace | None = None
    ) -> RecordFields:
        """Report every answer, and get the receipt; `Refusal` if that fails again and again."""
        async with self.client() as client:
            for first in range(0, len(answers), AT_ONCE):
                part = {"answers": answers[first : first + AT_ONCE]}
                await self._persistently(client, f"{_RUNS}/{run.id}/answers", part, run.headers)
            end = {"sent": len(answers), "cancelled": cancelled}
            if pace is not None:
                end |= {"rate": pace.per_s, "skipped": pace.skipped} | (
                    {"rising": True} if pace.rising else {}
                )
            try:
                answer = await self._persistently(client, f"{_RUNS}/{run.id}/finish", end, run.headers)
            except Refusal as refusal:
                answer = await self._record(client, run, refusal)
        receipt: RecordFields = inert(answer.json())
        return receipt

    async def stall(self, run: RunTicket) -> None:
        """Have the site let this run's requests wait for a moment; `Refusal` for a second time."""
        async with self.client() as client:
            await self._post(client, f"{_RUNS}/{run.id}/stall", {}, run.headers)

    async def abandon(self, run: RunTicket) -> None:
        """Have the site forget a run that needs no receipt."""
        async with self.client() as client:
            await self._post(client, f"{_RUNS}/{run.id}/abandon", {}, run.headers)

    async def give_up(self, run: RunTicket) -> None:
        """Abandon a run, if that can be done at once: the site notices by itself some seconds later."""
        try:
            async with asyncio.timeout(_LAST_WORD_S):
                await self.abandon(run)
        except (Refusal, TimeoutError):
            pass

    async def _record(self, client: httpx.AsyncClient, run: RunTicket, refusal: Refusal) -> httpx.Response:
        """The receipt as anybody reads it: an earlier try may have ended the run, and only its answer got lost."""
        try:
            answer = await client.get(f"/api/runs/{run.id}")
        except httpx.HTTPError:
            raise refusal from None
        if not answer.is_success:
            raise refusal
        return answer

    async def _persistently(
        self, client: httpx.AsyncClient, path: str, body: object, headers: dict[str, str]
    ) -> httpx.Response:
        for pause in PAUSES_S:
            try:
                return await self._post(client, path, body, headers)
            except Refusal as refusal:
                if refusal.final:
                    raise
            await asyncio.sleep(pause)
        return await self._post(client, path, body, headers)

    async def _post(
        self, client: httpx.AsyncClient, path: str, body: object, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        try:
            answer = await client.post(path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise unreachable(self.url, error) from None
        if answer.is_success:
            return answer
        raise refusal_of(self.url, answer)
