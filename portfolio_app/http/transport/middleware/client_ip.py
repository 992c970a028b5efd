"""Where a request really comes from."""

import ipaddress
from functools import lru_cache
from typing import Final

from starlette.types import Scope

from portfolio_app.http.transport.headers import all_values

_LONGEST: Final = 64
"""Of an address as text: nobody may fill the memory of parsed ones with anything else."""
UNKNOWN = "0.0.0.0"  # noqa: S104 (an address to count under, not to bind to)


def client_ip(scope: Scope, trusted_proxy_hops: int) -> str:
    """The address that the outermost trusted proxy saw, in its shortest form.

    Each of our proxies appends the address it was called from, so ours are counted from the right; what a
    client wrote itself stands further left. A chain that is too short did not pass our proxies: the peer
    counts.
    """
    peer = str(scope["client"][0]) if scope.get("client") else UNKNOWN
    if trusted_proxy_hops:
        chain = [part.strip() for part in all_values(scope, b"x-forwarded-for").split(",")]
        if len(chain) >= trusted_proxy_hops:
            return _normal(chain[-trusted_proxy_hops]) or _normal(peer) or UNKNOWN
    return _normal(peer) or UNKNOWN


def _normal(text: str) -> str | None:
    return _parsed(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
