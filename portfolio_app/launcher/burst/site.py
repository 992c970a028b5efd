"""The site that a burst goes to, as a client sees it."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from portfolio_app.domain.burst.plan import Plan
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.settings import DEFAULT_PORTS, origin

AT_ONCE: Final = 500
"""Answers that one report may hold."""
_PATIENCE: Final = httpx.Timeout(30, connect=5)


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was started; `headers` open it to its requests."""

    id: str
    headers: dict[str, str]


@dataclass(slots=True)
class Site:
    """Requests to one origin in one session, which the first answer sets."""

    url: str
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    # Loading the trusted certificates takes longer than a burst's request: once for all connections.
    _tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @classmethod
    def at(cls, url: str) -> "Site":
        """The site at an address; `LaunchError` for one that is none."""
        try:
            parts = urlsplit(url)
            scheme, host, port = parts.scheme, parts.hostname, parts.port
        except ValueError:
            scheme, host, port = "", None, None
        if scheme not in DEFAULT_PORTS or not host:
            raise LaunchError(f"--url: {url!r} is no http:// or https:// address")
        return cls(origin(scheme, host, port))

    def client(self) -> httpx.AsyncClient:
        """A client with the session's cookie; a burst's workers have one each, for a connection each."""
        return httpx.AsyncClient(
            base_url=self.url,
            headers={"origin": self.url},
            cookies=self.cookies,
            timeout=_PATIENCE,
            verify=self._tls,
        )

    async def start(self, plan: Plan) -> Run:
        """Start a run; `LaunchError` in the site's own words when it refuses."""
        wanted = {"size": plan.size.value, "workers": plan.workers.value, "mode": plan.mode.value}
        async with self.client() as client:
            answer = await self._post(client, "/api/burst/runs", wanted)
            self.cookies = client.cookies
        started = answer.json()
        return Run(started["run"], {"x-burst-ticket": f"{started['run']}.{started['ticket']}"})

    async def finish(self, run: Run, answers: Sequence[Sequence[Any]], *, cancelled: bool) -> dict[str, Any]:
        """Report every answer, and get the receipt."""
        async with self.client() as client:
            for first in range(0, len(answers), AT_ONCE):
                part = {"answers": answers[first : first + AT_ONCE]}
                await self._post(client, f"/api/burst/runs/{run.id}/answers", part, run.headers)
            end = {"sent": len(answers), "cancelled": cancelled}
            answer = await self._post(client, f"/api/burst/runs/{run.id}/finish", end, run.headers)
        receipt: dict[str, Any] = answer.json()
        return receipt

    async def abandon(self, run: Run) -> None:
        """Have the site forget a run that needs no receipt."""
        async with self.client() as client:
            await self._post(client, f"/api/burst/runs/{run.id}/abandon", {}, run.headers)

    async def _post(
        self, client: httpx.AsyncClient, path: str, body: object, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        try:
            answer = await client.post(path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise LaunchError(f"{self.url} does not answer: {str(error) or type(error).__name__}") from None
        if answer.is_success:
            return answer
        try:
            reason = answer.json()["error"]["text"]
        except (ValueError, KeyError, TypeError):
            reason = f"status {answer.status_code}; is this the site, by the name it knows itself?"
        raise LaunchError(f"{self.url} refused: {reason}")
