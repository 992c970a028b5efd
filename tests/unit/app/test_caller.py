"""What counts as one visitor's network, for every limit."""

import re
from pathlib import Path

import pytest

import portfolio_app
from portfolio_app.app.caller import UNKNOWN_NETWORK, network_of, shortened


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::FFFF:cb00:7107", "203.0.113.7"),
        ("64:ff9b::203.0.113.7", "203.0.113.7"),
        ("2002:cb00:7107::1", "203.0.113.7"),  # 6to4: every IPv4 address has a /48
        ("2002:cb00:7107:ffff::1", "203.0.113.7"),
        ("2001:0:4136:e378:8000:63bf:34ff:8ef8", "203.0.113.7"),  # Teredo: whichever server its client names
        ("2001:0:1:2:8000:63bf:34ff:8ef8", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0:ffff::2", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", UNKNOWN_NETWORK),
        ("not an address", UNKNOWN_NETWORK),
        ("203.0.113.7:80", UNKNOWN_NETWORK),
        ("1" * 65, UNKNOWN_NETWORK),
    ],
)
def test_a_network_is_an_ipv4_address_or_a_64_of_ipv6(address: str, network: str) -> None:
    assert network_of(address) == network


def test_addresses_are_read_where_they_become_networks_and_nowhere_else() -> None:
    """Nothing keys on a raw address: the transport makes networks of them before anybody counts."""
    root = Path(portfolio_app.__file__).parent
    reading = re.compile(r"scope\[.client.\]|scope\.get\(.client.\)|\.client\.host|getpeername|peername")
    found = {
        path.relative_to(root).as_posix()
        for folder in ("domain", "app", "infra", "http")
        for path in (root / folder).rglob("*.py")
        if reading.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"http/transport/middleware/visitors.py"}


@pytest.mark.parametrize(
    ("network", "kept"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("0.0.0.0", ""),
        ("", ""),
    ],
)
def test_a_network_is_shortened_where_it_is_kept(network: str, kept: str) -> None:
    assert shortened(network) == kept
