from urllib.parse import parse_qs
from uuid import UUID

import pytest

from portfolio_app.http.transport.caller import bound_query, bound_token

HANDSHAKE = b"EIO=4&transport=websocket&token=0123456789abcdef"


def test_the_same_tab_of_the_same_session_keeps_its_state() -> None:
    assert bound_query(HANDSHAKE, "s1") == bound_query(HANDSHAKE, "s1")


def test_the_same_token_from_another_session_is_another_tab() -> None:
    assert bound_token("s1", "0123456789abcdef") != bound_token("s2", "0123456789abcdef")


def test_a_token_learned_from_the_server_does_not_lead_back_to_itself() -> None:
    inner = bound_token("victim", "0123456789abcdef")
    assert bound_token("thief", inner) != inner


def test_reflex_sees_a_uuid_and_nothing_else_of_the_query() -> None:
    query = bound_query(HANDSHAKE + b"&sid=stolen&t=x", "s1")
    assert query is not None
    parsed = parse_qs(query.decode())
    assert parsed.keys() == {"EIO", "transport", "token"}
    UUID(parsed["token"][0])


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"EIO=4&transport=websocket",
        b"EIO=4&transport=websocket&token=",
        b"EIO=4&transport=websocket&token=short",
        b"EIO=4&transport=websocket&token=" + b"x" * 65,
        b"EIO=4&transport=websocket&token=has%20space%20in",
        b"EIO=4&transport=polling&token=0123456789abcdef",
        b"EIO=3&transport=websocket&token=0123456789abcdef",
        b"transport=websocket&token=0123456789abcdef",
        b"\xff",
        b"&".join(b"a%d=1" % n for n in range(20)),
    ],
)
def test_what_is_not_a_proper_handshake_is_refused(query: bytes) -> None:
    assert bound_query(query, "s1") is None
