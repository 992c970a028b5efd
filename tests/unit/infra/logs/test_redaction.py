import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.infra.logs.redaction import LONGEST, redacted
from tests.pace import slowness

CANARY = "canary4712"


@pytest.mark.parametrize(
    "text",
    [
        f"password={CANARY}",
        f"new_password: {CANARY}",
        f"{{'password': '{CANARY} with spaces', 'username': 'ann'}}",
        f'{{"access_token": "{CANARY}"}}',
        f"Cookie: portfolio_session={CANARY}",
        f"set-cookie: __Host-portfolio_session={CANARY}; Path=/",
        f"authorization: Bearer {CANARY}",
        f"GET /api/stream?key={CANARY} 200",
        f"GET /_event/?EIO=4&token={CANARY}&x=1",
        f"can't connect to postgresql://user:{CANARY}@db:5432/site",
        f"can't connect to redis://:c@{CANARY}@cache:6379/0",
        f"ticket={CANARY}",
        f"X-Api-Key: {CANARY}",
        f"sealed gAAAAABl{CANARY * 3}",
        f"sent to {CANARY}@example.org",
    ],
)
def test_nothing_named_like_a_credential_is_logged(text: str) -> None:
    assert CANARY not in redacted(text)
    assert "***" in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "purged 3 expired sessions",
        "unforeseen KeyError at chat.py:12, request 0af7651916cd43dd8448eb211c80319c",
        "the bus can't read: ConnectionError",
        "GET /api/live 200 in 0.4 ms",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


def test_the_rest_of_the_line_stays_readable() -> None:
    assert redacted(f"user=ann password={CANARY} rows=3") == "user=ann password=*** rows=3"


@pytest.mark.parametrize("text", ["a" * 9_000, "a." * 9_000, "password" * 2_000, "x@" * 9_000, "://" * 9_000])
def test_no_text_makes_it_slow(text: str) -> None:
    began = time.process_time()
    redacted(text)
    assert time.process_time() - began < 0.05 * slowness()


@given(st.text(max_size=3 * LONGEST))
def test_a_line_is_one_line_of_bounded_length(text: str) -> None:
    clean = redacted(text)
    assert len(clean) <= LONGEST
    assert len(clean.splitlines()) <= 1
