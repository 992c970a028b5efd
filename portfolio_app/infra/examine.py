"""Examines what the site needs of Redis and of this machine."""

import asyncio
import os
import resource
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, cast

import nats
from nats.js.api import AccountInfo
from redis import ConnectionPool, Redis
from redis.exceptions import RedisError

from portfolio_app.infra.findings import Finding, first_line, ok, warning, wrong
from portfolio_app.infra.readiness import LEAST_FREE

_PATIENCE_S: Final = 3
_WANTED_DESCRIPTORS: Final = 4_096
_WANTED_FREE: Final = 1024 * 1024 * 1024
_TLS_FILES: Final = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile")


def check_redis_url(redis_url: str) -> None:
    """Raise `ValueError` for an address with options that the client does not take; connects to nothing.

    It would say so at each use, which to the site is a Redis that is away.
    """
    try:
        pool = ConnectionPool.from_url(redis_url)
        pool.make_connection()
        _check_files(pool)
    except (RedisError, TypeError, ValueError) as error:
        raise ValueError(f"has an option that can't be used: {first_line(error)}") from None


def _check_files(pool: ConnectionPool) -> None:
    """Raise `ValueError` for a certificate or key that can't be read: the client says it of the server's address."""
    for option in _TLS_FILES:
        path = pool.connection_kwargs.get(option)
        if path and not os.access(path, os.R_OK):
            raise ValueError(f"{option}: {path} can't be read")


def examine_redis(redis_url: str) -> Finding:
    """Whether Redis answers, lets the site's scripts run, and keeps what it was given."""
    try:
        with Redis.from_url(
            redis_url, socket_timeout=_PATIENCE_S, socket_connect_timeout=_PATIENCE_S, decode_responses=True
        ) as redis:
            _check_files(redis.connection_pool)
            began = time.perf_counter()
            redis.ping()
            took = (time.perf_counter() - began) * 1_000
            redis.eval("return 1", 0)
            found = _info(redis)
    except (RedisError, TypeError, ValueError) as error:  # an option that is none, a host that can't be one
        return wrong("redis", f"can't be used: {first_line(error)}")
    if found.get("role", "master") != "master":
        return wrong("redis", "is a replica and takes no writes: REDIS_URL has to name the primary")
    most, used = (int(str(found.get(name, 0))) for name in ("maxmemory", "used_memory"))
    if 0 < most <= used and found.get("maxmemory_policy") == "noeviction":
        return wrong("redis", f"is full and takes no writes: {used:,} of {most:,} bytes (maxmemory)")
    policy = str(found.get("maxmemory_policy", ""))
    if policy.startswith("allkeys"):
        words = f"maxmemory-policy {policy} may evict the bus: take volatile-ttl, as compose.yaml does"
        return warning("redis", words)
    server = f"Redis {found.get('redis_version', '')}".strip()
    return ok("redis", f"{server}, answers in {took:.1f} ms, runs scripts")


def examine_nats(nats_url: str) -> Finding:
    """Whether NATS answers, and has JetStream."""
    try:
        account = asyncio.run(_account(nats_url))
    except (nats.errors.Error, OSError) as error:
        return wrong(
            "nats", f"can't be used: {first_line(error) or type(error).__name__}; JetStream has to be on"
        )
    return ok("nats", f"answers, and JetStream has {account.streams} streams")


async def _account(nats_url: str) -> AccountInfo:
    once = {"allow_reconnect": False, "max_reconnect_attempts": 1, "reconnect_time_wait": 0}
    client = await nats.connect(nats_url, error_cb=_unheard, connect_timeout=_PATIENCE_S, **once)
    try:
        return await client.jetstream(timeout=_PATIENCE_S).account_info()
    finally:
        await client.close()


async def _unheard(_error: Exception) -> None:
    """A callback for errors that does nothing: the client would print each try, and raises the last one."""


def _info(redis: Redis) -> dict[str, object]:
    try:
        return cast(dict[str, object], redis.info())
    except RedisError:  # an ACL user may be kept from it; the site works without
        return {}


def examine_descriptors() -> Finding:
    """How many connections a process may have: what the launcher takes when it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= _WANTED_DESCRIPTORS:
        return ok(
            "descriptors", "as many as wanted" if hard == resource.RLIM_INFINITY else f"{hard} for a process"
        )
    words = f"{hard} for a process, so no more tabs than that: raise LimitNOFILE or `ulimit -Hn`"
    return warning("descriptors", words)


def examine_disks(folders: Iterable[Path]) -> Iterator[Finding]:
    """How much is left where the site writes; a folder that is not there yet is as its nearest parent."""
    for folder in folders:
        there = next(each for each in (folder, *folder.parents) if each.is_dir())
        if not os.access(there, os.W_OK | os.X_OK):
            yield wrong("disk", f"{there} can't be written to")
            continue
        free = shutil.disk_usage(there).free
        words = f"{free / 1024**3:.1f} GB left for {folder}"
        if free < LEAST_FREE:
            yield wrong("disk", f"{words}: the site reports that it can't work")
        else:
            yield (warning if free < _WANTED_FREE else ok)("disk", words)
