"""The caller of a use case, as far as the transport can vouch for who it is."""

import ipaddress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

UNKNOWN_NETWORK: Final = "0.0.0.0"  # noqa: S104 (to count under, not to bind to)
NETWORK: Final[ContextVar[str]] = ContextVar("network", default="")
"""Whose request or event is being answered now; empty for what the site does by itself."""
_LONGEST: Final = 64
"""Characters of an address as text: nobody may fill the memory of parsed ones with anything else."""
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""The prefix under which a translator puts the whole of IPv4: as one /64 it would be one visitor."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The visitor behind a request: ids and a network, never a credential.

    `session_id` comes from the sealed cookie, `network` from `network_of`. `trusted` is False for a websocket
    without an Origin header, whose session counts as a guest's whoever it belongs to. `request_id` is the trace id.
    """

    session_id: str
    network: str
    request_id: str
    trusted: bool = True


def network_of(address: str) -> str:
    """The network that every limit counts: an IPv4 address, or the /64 of an IPv6 one, which is one household.

    An IPv4 address inside an IPv6 one is the IPv4 address, also where a tunnel (6to4, Teredo) gives it 65,536 times a
    /64 or more. `UNKNOWN_NETWORK` for what is no address.
    """
    return _network_of(address) if len(address) <= _LONGEST else UNKNOWN_NETWORK


def shortened(network: str) -> str:
    """A network as it is written down for longer: the /24 of an IPv4 address, the /48 of an IPv6 one."""
    if network == UNKNOWN_NETWORK or not network:
        return ""
    address = ipaddress.ip_address(network.partition("/")[0])
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


@lru_cache(maxsize=4096)
def _network_of(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return UNKNOWN_NETWORK
    if address.version == 4:
        return str(address)
    inside = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
    if inside is not None:
        return str(inside)
    if address in _TRANSLATED:
        return str(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
