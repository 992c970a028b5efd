"""Users, passwords and sessions."""

import math
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.domain.account.recovery import RecoveryCode
from portfolio_app.domain.account.session import (
    SESSION_IDLE,
    Lifetimes,
    Session,
    SessionSecret,
    visitor_tag,
)
from portfolio_app.domain.account.user import (
    RESERVED_USERNAMES,
    Email,
    Password,
    Role,
    User,
    Username,
)
from portfolio_app.domain.errors import InvalidValue
from tests.unit.domain.strategies import ANY_TEXT, SESSION_IDS, USERNAMES

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@given(USERNAMES)
def test_a_username_is_the_same_in_any_case_and_with_spaces_around(name: str) -> None:
    assert str(Username.parse(f" {name.upper()}\t")) == name


@given(ANY_TEXT)
def test_a_username_is_plain_whatever_was_typed(raw: str) -> None:
    try:
        name = str(Username.parse(raw))
    except InvalidValue:
        return
    assert set(name) <= set(string.ascii_lowercase + string.digits + "-_")
    assert 3 <= len(name) <= 24


@pytest.mark.parametrize(
    "name", ["", "ab", "a" * 25, "-abc", "abc_", "a b c", "an\nn", "аnn", *sorted(RESERVED_USERNAMES)]
)
def test_what_could_pass_for_somebody_else_is_no_username(name: str) -> None:
    with pytest.raises(InvalidValue):
        Username.claim(name)


def test_a_name_that_became_reserved_later_is_kept() -> None:
    assert str(Username("support")) == str(Username.parse(" Support ")) == "support"


@pytest.mark.parametrize("raw", ["ann@example.org", " Ann.B+tag@Sub.Example.ORG ", "ü@exämple.de"])
def test_an_address_is_kept_in_lower_case(raw: str) -> None:
    assert str(Email.parse(raw)) == raw.strip().lower()


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "ann",
        "@example.org",
        "ann@",
        "ann@example",
        "a b@example.org",
        "a@b@c.de",
        "a\x00@b.de",
        "a@b..de",
    ],
)
def test_what_can_not_be_an_address_is_refused(raw: str) -> None:
    with pytest.raises(InvalidValue):
        Email.parse(raw)


@given(st.emails(domains=st.just("example.org")))
def test_every_address_of_a_plain_domain_is_accepted(address: str) -> None:
    assert str(Email.parse(address)) == address.lower()


@given(st.text(min_size=10, max_size=100))
def test_a_password_never_shows_itself(raw: str) -> None:
    try:
        password = Password.parse(raw)
    except InvalidValue:
        return
    assert repr(password) == str(password) == "Password(***)"


@pytest.mark.parametrize(("length", "fits"), [(11, False), (12, True), (128, True), (129, False)])
def test_a_password_has_12_to_128_characters(length: int, fits: bool) -> None:
    if fits:
        assert len(Password.parse("p" * length).value) == length
    else:
        with pytest.raises(InvalidValue) as refusal:
            Password.parse("p" * length)
        assert "p" * length not in str(refusal.value)


def test_a_password_keeps_its_spaces() -> None:
    assert Password.parse("  two  spaces ").value == "  two  spaces "


@given(st.data())
def test_a_session_id_tells_nothing_about_its_secret(data: st.DataObject) -> None:
    secret = SessionSecret.generate()

    assert secret.session_id == SessionSecret(secret.value).session_id
    assert len(secret.session_id) == 32
    assert secret.value not in f"{secret!r} {secret} {secret.session_id}"
    other = SessionSecret(data.draw(st.text()))
    assert other.session_id != secret.session_id


def test_no_two_secrets_are_the_same() -> None:
    assert len({SessionSecret.generate().value for _ in range(100)}) == 100


@given(SESSION_IDS)
def test_a_visitors_tag_is_four_hex_digits_and_always_the_same(session_id: str) -> None:
    tag = visitor_tag(session_id)

    assert len(tag) == 4
    assert set(tag) <= set(string.hexdigits.lower())
    assert tag == visitor_tag(session_id)


@given(st.timedeltas(timedelta(days=-60), timedelta(days=60)))
def test_a_session_is_live_until_its_lifetime_is_over(later: timedelta) -> None:
    session = Session.start("s" * 32, NOW)

    assert session.is_live(NOW + later) == (later < SESSION_IDLE)


def test_a_session_that_is_visited_lasts_to_its_longest_and_no_longer() -> None:
    lifetimes = Lifetimes(timedelta(days=2), timedelta(days=5))

    ends = [lifetimes.end(NOW, NOW + timedelta(days=days)) - NOW for days in (0, 2, 4, 9)]

    assert ends == [timedelta(days=days) for days in (2, 4, 5, 5)]


@pytest.mark.parametrize("role", Role)
def test_moderators_and_the_owner_moderate(role: Role) -> None:
    user = User(1, Username("ann-1"), Email("ann@example.org"), role, NOW)

    assert user.is_moderator == (role is not Role.MEMBER)


@pytest.mark.parametrize(
    "name",
    [
        "adrnin1",
        "m0derator",
        "adm1n",
        "demo-02e2",
        "demo42",
        "guest_1",
        "owner2",
        "supp0rt",
        "a-d-m-i-n",
        "staff-1",
        "rnoderator",
        "moderators",
        "the-owner",
        "real_adm1n",
    ],
)
def test_a_name_that_reads_like_the_sites_own_is_misleading(name: str) -> None:
    with pytest.raises(InvalidValue, match="could be taken for"):
        Username.claim(name)


@pytest.mark.parametrize("name", ["owner", "support", "moderator", "staff"])
def test_a_name_of_the_sites_own_is_reserved(name: str) -> None:
    with pytest.raises(InvalidValue, match="reserved"):
        Username.claim(name)


@pytest.mark.parametrize(
    "name",
    [
        "ann",
        "modesty",
        "rootbeer",
        "demographer",
        "guesthouse",
        "systematic",
        "owen",
        "clara",
        "democrat",
        "landowner",
        "boss",
    ],
)
def test_a_name_that_only_begins_like_one_is_anybodys(name: str) -> None:
    assert str(Username.claim(name)) == name


def test_a_recovery_code_has_more_bits_than_can_be_searched() -> None:
    codes = {RecoveryCode.generate() for _ in range(200)}
    assert len(codes) == 200
    letters = {letter for code in codes for letter in code.value}
    assert {len(code.value) * math.log2(len(letters)) >= 112 for code in codes} == {True}
    for code in codes:
        assert RecoveryCode.parse(f" {code.shown.lower()} ") == code
        assert code.value not in f"{code!r} {code.code_hash}"
