"""The runtime of the http layer: the services it was started with, and the options that settings decide."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from portfolio_app.app.services import Services
from portfolio_app.domain.account.session import SESSION_LIFETIME
from portfolio_app.http.transport.arrivals import Arrivals
from portfolio_app.http.transport.frames.registry import SocketRegistry
from portfolio_app.http.transport.origins import OriginRule, RefusedOrigins

T = TypeVar("T")


def _no_file(_name: str) -> None:
    """The files of other builds than the one that is served: none."""


@dataclass(frozen=True)
class HttpOptions:
    """Facts of the deployment.

    `trusted_proxy_hops` counts the owner's proxies in front of the server. `limits` off lifts every cap on
    connections and frames, for benchmarks; otherwise `most_sockets` may be open in this process. `documents` is the
    folder of the built pages, None in development. `public_url` is the origin that pages and feeds name,
    `repository_url` where the source is published, if it is. `commit` is the one that runs, `store`
    what the database is called, `metrics_token` what else than loopback opens `/metrics`. `any_local` allows every
    address of this machine. `build_file` reads a hashed file of any build that was served here. `cookie_suffix` tells
    apart the cookies of several sites on one host, whose ports cookies ignore; `session_lifetime` is how long one is
    good at the longest. `exports_traces` says that a collector gets them all.
    """

    allowed_origins: frozenset[str]
    secure_cookies: bool = False
    trusted_proxy_hops: int = 0
    limits: bool = True
    most_sockets: int = 4_000
    documents: Path | None = None
    public_url: str = "http://localhost:3000"
    repository_url: str = ""
    commit: str = ""
    store: str = "SQLite"
    any_local: bool = False
    cookie_suffix: str = ""
    metrics_token: str = field(default="", repr=False)
    session_lifetime: timedelta = SESSION_LIFETIME
    build_file: Callable[[str], bytes | None] = _no_file
    exports_traces: bool = False

    @cached_property
    def build(self) -> str:
        """The name of the served build, as the compiler gave it to its pages; empty without one."""
        named = sorted((self.documents / "assets").glob("manifest-*.js")) if self.documents else ()
        return named[0].stem.removeprefix("manifest-") if named else ""

    @cached_property
    def origins(self) -> OriginRule:
        """The rule that says which origins may open websockets and ask for effects."""
        return OriginRule(self.allowed_origins, self.public_url, self.any_local)


@dataclass(slots=True)
class Runtime:
    """One running site; replaced as a whole by `install`.

    `answered` counts the events and requests that visitors sent, without what machines ask for: files, probes.
    """

    services: Services
    options: HttpOptions
    started_at: float = field(default_factory=time.monotonic)
    draining: bool = False
    answered: int = 0
    sockets: SocketRegistry = field(default_factory=SocketRegistry)
    refused_origins: RefusedOrigins = field(default_factory=RefusedOrigins)
    arrivals: Arrivals = field(default_factory=Arrivals)
    parts: dict[type, object] = field(default_factory=dict)
    """Objects that features keep while the site runs, one of each type."""

    def add(self, part: T) -> T:
        """Keep `part` for `part(type(part))` to find; returns it."""
        self.parts[type(part)] = part
        return part

    def part(self, kind: type[T]) -> T:
        """The part of this type, or `NotInstalled` if no feature has added one."""
        found = self.parts.get(kind)
        if not isinstance(found, kind):
            raise NotInstalled
        return found


class NotInstalled(RuntimeError):
    """The runtime was asked for before the site was started, or after it ended."""

    def __init__(self) -> None:
        super().__init__("The services are not running: call runtime.install() in the lifespan first.")


_installed: list[Runtime] = []


def install(services: Services, options: HttpOptions) -> Runtime:
    """Make `services` what every handler, route and middleware of this process uses; returns the runtime.

    Subscribes to the bus, to close the sockets of revoked sessions.
    """
    started = Runtime(services, options)
    services.bus.subscribe(started.sockets.on_event)
    _installed[:] = [started]
    return started


def uninstall() -> None:
    """Forget the services; whatever is asked from now on fails with `NotInstalled`."""
    _installed.clear()


def current() -> Runtime:
    """The running site, or `NotInstalled`."""
    if not _installed:
        raise NotInstalled
    return _installed[0]


def services() -> Services:
    """The use cases and ports, or `NotInstalled`."""
    return current().services


def options() -> HttpOptions:
    """The options, or `NotInstalled`."""
    return current().options


def part(kind: type[T]) -> T:
    """The object that a feature added to the running site under this type, or `NotInstalled`."""
    return current().part(kind)


def drain() -> None:
    """Answer readiness with 503 from now on, so that no new visitor is sent here."""
    for runtime in _installed:
        runtime.draining = True
