import pytest

from portfolio_app.http.transport.middleware.visitors import client_network
from tests.unit.http.asgi import scope_of


@pytest.mark.parametrize(
    ("forwarded", "hops", "expected"),
    [
        ("1.1.1.1", 0, "10.0.0.9"),
        ("1.1.1.1", 1, "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1", 1, "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("1.1.1.1", 2, "10.0.0.9"),
        ("not an address", 1, "10.0.0.9"),
        ("2001:DB8:0::1", 1, "2001:db8::/64"),
        ("::ffff:1.2.3.4", 1, "1.2.3.4"),
        ("", 1, "10.0.0.9"),
        ("1" * 65, 1, "10.0.0.9"),
    ],
)
def test_the_address_is_the_one_our_outermost_proxy_saw(forwarded: str, hops: int, expected: str) -> None:
    scope = scope_of("http", "/", {"x-forwarded-for": forwarded})
    assert client_network(scope, hops) == expected


def test_a_repeated_header_counts_as_one_chain() -> None:
    scope = scope_of("http", "/", None)
    scope["headers"] = [(b"x-forwarded-for", b"6.6.6.6"), (b"x-forwarded-for", b"1.1.1.1")]
    assert client_network(scope, 1) == "1.1.1.1"


def test_a_peer_without_an_address_is_counted_under_one_of_its_own() -> None:
    assert client_network({"type": "http", "headers": [], "client": None}, 0) == "0.0.0.0"


@pytest.mark.parametrize(
    ("forwarded", "network"),
    [
        ("203.0.113.7:50432", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7:50432", "203.0.113.7"),
        ("[2001:db8::1]:50432", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::/64"),
        ("203.0.113.7:port", "10.0.0.9"),
    ],
)
def test_a_proxy_may_name_the_port_of_its_client_as_well(forwarded: str, network: str) -> None:
    scope = scope_of("http", "/", {"x-forwarded-for": forwarded})
    assert client_network(scope, 1) == network
