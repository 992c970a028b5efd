"""Contract of `Sealer`, and what only real encryption promises."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.infra.sealer import FernetSealer
from tests.fakes.clock import FakeClock
from tests.fakes.sealer import FakeSealer

HOUR = timedelta(hours=1)
OLD, NEW = "an old secret of the site " * 2, "a new secret of the site " * 2


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "fernet"])
def sealer(request: pytest.FixtureRequest, clock: FakeClock) -> Sealer:
    return FakeSealer(clock) if request.param == "fake" else FernetSealer([NEW], clock)


@pytest.mark.parametrize("text", ["", "text", "zażółć 👩‍👩‍👧", '{"a": [1, null]}'])
def test_what_was_sealed_opens(sealer: Sealer, text: str) -> None:
    assert sealer.open(sealer.seal(text), HOUR) == text


def test_a_token_is_fit_for_a_cookie_and_a_url(sealer: Sealer) -> None:
    token = sealer.seal("text")

    assert all(ch.isascii() and (ch.isalnum() or ch in "-_") for ch in token)


def test_a_token_does_not_open_once_it_is_too_old(sealer: Sealer, clock: FakeClock) -> None:
    token = sealer.seal("text")

    clock.advance(minutes=59)
    assert sealer.open(token, HOUR) == "text"
    clock.advance(minutes=2)
    assert sealer.open(token, HOUR) is None


def test_a_clock_that_is_put_back_closes_no_token(clock: FakeClock) -> None:
    clock.advance(hours=1)
    token = FernetSealer([OLD], clock).seal("text")
    clock.advance(hours=-1)
    # Another host, or this one after a restart.
    assert FernetSealer([OLD], clock).open(token, timedelta(minutes=1)) == "text"


@pytest.mark.parametrize(
    "token", ["", "=", "x", "gAAAAA", "é" * 40, "\ud800", "a" * 100_000, "....", "sealed"]
)
def test_what_was_never_sealed_does_not_open(sealer: Sealer, token: str) -> None:
    assert sealer.open(token, HOUR) is None


def test_a_token_shows_nothing_of_the_text(clock: FakeClock) -> None:
    sealer = FernetSealer([NEW], clock)

    assert "canary" not in sealer.seal("canary")
    assert sealer.seal("canary") != sealer.seal("canary")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_token_changed_anywhere_does_not_open(clock: FakeClock, data: st.DataObject) -> None:
    sealer = FernetSealer([NEW], clock)
    token = sealer.seal("text")
    # The last character carries bits that base64 ignores.
    place = data.draw(st.integers(0, len(token) - 2))
    # Which one is drawn can't depend on the token, which is another one each time.
    first, second = data.draw(st.sampled_from(["AB", "Cd", "ef", "01", "8-", "_A"]))
    other = second if token[place] == first else first

    assert sealer.open(token[:place] + other + token[place + 1 :], HOUR) is None


def test_tokens_outlive_a_rotation_of_the_secret_until_the_old_one_is_dropped(clock: FakeClock) -> None:
    token = FernetSealer([OLD], clock).seal("text")

    assert FernetSealer([NEW, OLD], clock).open(token, HOUR) == "text"
    assert FernetSealer([NEW], clock).open(token, HOUR) is None


def test_the_first_secret_seals(clock: FakeClock) -> None:
    token = FernetSealer([NEW, OLD], clock).seal("text")

    assert FernetSealer([NEW], clock).open(token, HOUR) == "text"
    assert FernetSealer([OLD], clock).open(token, HOUR) is None


def test_a_token_of_a_former_secret_is_sealed_anew_with_the_age_it_has(clock: FakeClock) -> None:
    token = FernetSealer([OLD], clock).seal("text")
    clock.advance(minutes=50)

    sealer = FernetSealer([NEW, OLD], clock)
    resealed = sealer.reseal(token)

    assert resealed is not None
    assert FernetSealer([NEW], clock).open(resealed, HOUR) == "text"
    assert sealer.reseal(resealed) is None
    clock.advance(minutes=20)
    assert FernetSealer([NEW], clock).open(resealed, HOUR) is None


@pytest.mark.parametrize("token", ["", "x", "gAAAAA", "é" * 40, "a" * 100_000, "sealed-0"])
def test_what_no_former_secret_has_sealed_is_not_sealed_anew(clock: FakeClock, token: str) -> None:
    assert FernetSealer([NEW, OLD], clock).reseal(token) is None
    assert FernetSealer([NEW], clock).reseal(FernetSealer([OLD], clock).seal("text")) is None


def test_no_cookie_is_unknown_to_any_host_at_any_step_of_a_rotation(clock: FakeClock) -> None:
    steps = [FernetSealer(secrets, clock) for secrets in ([OLD], [OLD, NEW], [NEW, OLD], [NEW])]
    for before, after in itertools.pairwise(steps):
        token = before.seal("text")
        assert after.open(after.reseal(token) or token, HOUR) == "text"
        if after is not steps[-1]:
            # A host that is a step behind opens what the other one has sealed.
            assert before.open(after.seal("text"), HOUR) == "text"
