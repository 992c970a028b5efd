"""Examines an installation before it is started, or while it runs: one plain line for each thing that is looked at."""

import difflib
import os
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

import httpx
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from portfolio_app.infra.db.engine import parse
from portfolio_app.infra.db.examine import examine_database
from portfolio_app.infra.examine import examine_descriptors, examine_disks, examine_nats, examine_redis
from portfolio_app.infra.findings import Finding, Verdict, first_line, ok, warning, wrong
from portfolio_app.infra.mail import SmtpServer, examine_mail
from portfolio_app.infra.metrics.readings import PREFIX
from portfolio_app.launcher.address import claim, reachable
from portfolio_app.launcher.errors import LaunchError, inert
from portfolio_app.settings import VARIABLES, Settings
from portfolio_app.settings.kept_secret import KEPT_IN

_PATIENCE_S: Final = 5
_ALL_ADDRESSES: Final = ("0.0.0.0", "::")  # noqa: S104 (compared with, never listened on)
_SIMILAR: Final = 0.8
_WEBSOCKET: Final = "/_event/?EIO=4&transport=websocket&token=the-doctor"


class Open(Protocol):
    """Opens a websocket and closes it; raises why that is impossible."""

    def __call__(self, url: str, origin: str) -> None:
        """Open with the header Origin that a page of the site sends."""
        ...


def examine(settings: Settings) -> int:
    """Print what was found, and return the exit code: 1 when something is wrong."""
    found = 0
    for finding in findings(settings):
        print(f"{finding.verdict:<8} {finding.subject}: {inert(finding.words)}", flush=True)
        found |= finding.verdict is Verdict.WRONG
    return found


def findings(settings: Settings, env: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """All findings, in the order in which a person would mend them."""
    yield from environment(settings, env)
    yield examine_descriptors()
    url = parse(settings.database_url)
    of_sqlite = url.get_backend_name() == "sqlite"
    folders = [settings.data_dir, *([Path(url.database).parent] if of_sqlite and url.database else [])]
    yield from examine_disks(dict.fromkeys(folders))
    yield from examine_database(settings.database_url, settings.workers)
    if settings.redis_url:
        yield examine_redis(settings.redis_url)
    if settings.nats_url:
        yield examine_nats(settings.nats_url)
    if settings.smtp_url:
        yield examine_mail(SmtpServer.parse(settings.smtp_url))
    yield from metrics_ports(settings)
    if settings.public_url:
        with httpx.Client(base_url=settings.public_url, timeout=_PATIENCE_S) as client:
            yield from address(settings, client)


def environment(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    """The variables, which are valid one by one: else there would be no `Settings`."""
    where = settings.public_url or f"{settings.local_url} only"
    workers = "1 worker" if settings.workers == 1 else f"{settings.workers} workers"
    yield ok("environment", f"valid; {where}, {workers}")
    for name in sorted(set(env) - set(VARIABLES)):
        # Names are told apart by their case; `$env:` is how PowerShell writes one.
        likely = name.upper().removeprefix("$ENV:")
        if meant := difflib.get_close_matches(likely, VARIABLES, 1, _SIMILAR):
            yield warning("environment", f"{name} is no variable of the site: is it {meant[0]}?")
    given = len(settings.given_secrets)
    kept = f"made by the site itself and kept in {settings.data_dir / KEPT_IN}"
    yield ok("secrets", f"{given} in SESSION_SECRET; the first one seals" if given else kept)
    try:
        claim(settings.host, 0, listens=False).close()  # whichever port is free
    except LaunchError:
        yield wrong("host", f"HOST: {settings.host!r} is no address of this machine")
    if settings.host in _ALL_ADDRESSES and settings.trusted_proxy_hops:
        words = (
            "every address is listened on: who reaches the port past the proxy names any address as its own"
        )
        yield warning("host", words)
    if not settings.rate_limits:
        yield warning("limits", "RATE_LIMITS=off: nothing bounds what one visitor may do")


def _open(url: str, origin: str) -> None:
    with connect(url, origin=Origin(origin), open_timeout=_PATIENCE_S):
        pass


def address(settings: Settings, client: httpx.Client, open_websocket: Open = _open) -> Iterator[Finding]:
    """Findings at PUBLIC_URL: proxies, websockets, and whether what is the operator's is kept inside."""
    url = settings.public_url or settings.local_url
    try:
        answer = client.get("/api/connection", params={"at": url})
        metrics = client.get("/metrics").status_code
    except httpx.HTTPError as error:
        if _is_of_tls(error):
            yield wrong("address", f"{url} answers, and not in a TLS that is good here: {first_line(error)}")
            return
        # A machine behind a router may not reach its own address, and the site need not run.
        yield warning("address", f"{url} can't be asked from here: {first_line(error)}")
        return
    said = _json(answer) if answer.status_code == httpx.codes.OK else None
    if not isinstance(said, dict) or "proxies" not in said:
        yield wrong("address", f"{url} answers with {_answered(answer)}, and not as this site")
        return
    yield _origin(url, said)
    yield _hops(settings.trusted_proxy_hops, said["proxies"])
    yield _websocket(url, open_websocket)
    if metrics == httpx.codes.OK and not settings.is_local:
        yield wrong("metrics", "/metrics is open to everybody: let the proxy send X-Forwarded-For")


def _is_of_tls(error: BaseException) -> bool:
    """Whether something listens there that speaks no TLS, or shows a certificate that is not good."""
    met: BaseException | None = error
    while met is not None and not isinstance(met, ssl.SSLError):
        met = met.__cause__ or met.__context__
    return met is not None


def _json(answer: httpx.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return None


def _answered(answer: httpx.Response) -> str:
    to = answer.headers.get("location", "")
    return f"{answer.status_code} (to {to})" if to else f"{answer.status_code}"


def metrics_ports(settings: Settings) -> Iterator[Finding]:
    """Findings on the workers' own ports: a worker of a running site, nobody yet, or another program."""
    token = {"authorization": f"Bearer {settings.metrics_token}"} if settings.metrics_token else {}
    for port in settings.metrics_ports:
        try:
            claim(settings.metrics_host, port, "METRICS_PORT", "METRICS_HOST").close()
        except LaunchError as refused:
            where = reachable(settings.metrics_host, port)
            try:
                said = httpx.get(f"{where}/metrics", headers=token, timeout=_PATIENCE_S, trust_env=False).text
            except httpx.HTTPError:
                said = ""
            if PREFIX not in said:
                yield wrong(
                    "metrics", f"{refused}, and no worker of the site with these settings answers there"
                )


def _origin(url: str, said: dict[str, object]) -> Finding:
    if said.get("reason") == "origin":
        return wrong("address", f"the site that answers at {url} has another PUBLIC_URL: {said.get('words')}")
    return ok("address", f"{url} answers")


def _hops(trusted: int, seen: object) -> Finding:
    if seen == trusted:
        return ok("proxies", f"{trusted}, as TRUSTED_PROXY_HOPS says")
    what = f"TRUSTED_PROXY_HOPS is {trusted}, and a request that went through {seen} came here"
    if isinstance(seen, int) and seen < trusted:
        return wrong("proxies", f"{what}: visitors may name any address as their own")
    return wrong("proxies", f"{what}: all visitors share the limits of one")


def _websocket(url: str, open_websocket: Open) -> Finding:
    try:
        open_websocket(f"ws{url.removeprefix('http')}{_WEBSOCKET}", url)
    except InvalidStatus as error:
        return wrong(
            "websocket", f"refused with {error.response.status_code}: does the proxy pass upgrades on?"
        )
    except (OSError, WebSocketException) as error:
        return wrong("websocket", f"does not open: {first_line(error)}")
    return ok("websocket", "opens")
