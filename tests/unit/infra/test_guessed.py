import asyncio

import pytest

from portfolio_app.domain.account.user import Password
from portfolio_app.infra.guessed import ZxcvbnGuesses

WORDS = ["ann-1", "ann@example.org", "example.org", "portfolio"]


@pytest.mark.parametrize(
    "password",
    [
        *("123456789012", "aaaaaaaaaaaa", "password1234", "P4ssw0rd1234", "qwertyuiop[]", "1q2w3e4r5t6y"),
        *("iloveyou1234", "abcabcabcabc", "210987654321", "summer201212", "portfolio123", "ann@example.org"),
        *("Ann-1Ann-1Ann-1", "a" * 128),
    ],
)
async def test_what_everybody_guesses_first_is_known(password: str) -> None:
    assert await ZxcvbnGuesses().reason(Password(password), WORDS)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("password1234", "This is a very common password."),
        ("ann@example.org", "It is made of your name, your address or a word of this site."),
        ("Ann-1Ann-1Ann-1", "It is made of your name, your address or a word of this site."),
        ("portfolio123", "It is made of your name, your address or a word of this site."),
        ("ann-1 example.org portfolio", "It is made of your name, your address or a word of this site."),
        ("aaaaaaaaaaaa", 'Repeats like "aaa" are easy to guess.'),
    ],
)
async def test_the_reason_is_said_in_a_sentence(password: str, why: str) -> None:
    assert await ZxcvbnGuesses().reason(Password(password), WORDS) == why


@pytest.mark.parametrize(
    "password", ["correct horse battery", "canary-password-4711", "kV9#xq2!mZ@4", "\ud800 lone surrogate"]
)
async def test_a_few_unrelated_words_are_not(password: str) -> None:
    assert await ZxcvbnGuesses().reason(Password(password), WORDS) is None


async def test_one_visitors_words_are_not_anothers() -> None:
    guesses, secret = ZxcvbnGuesses(), Password("zorblatt-quux")
    answers = await asyncio.gather(
        *(guesses.reason(secret, ["zorblatt-quux"] if own else ["ann-1"]) for own in (True, False) * 8)
    )
    assert [answer is not None for answer in answers] == [True, False] * 8
