import asyncio

import pytest

from portfolio_app.domain.account.user import Password
from portfolio_app.infra.guessed import ZxcvbnGuesses

WORDS = ["ann-1", "ann@example.org", "portfolio"]


@pytest.mark.parametrize(
    "password",
    [
        *("1234567890", "aaaaaaaaaa", "password12", "P4ssw0rd12", "qwertyuiop", "1q2w3e4r5t", "iloveyou12"),
        *(
            "abcabcabcabc",
            "0987654321",
            "summer2026",
            "portfolio1",
            "ann@example.org",
            "Ann-1Ann-1",
            "a" * 256,
        ),
    ],
)
async def test_what_everybody_guesses_first_is_known(password: str) -> None:
    assert await ZxcvbnGuesses().holds(Password(password), WORDS)


@pytest.mark.parametrize(
    "password", ["correct horse battery", "canary-password-4711", "kV9#xq2!mZ", "\ud800 lone surrogate"]
)
async def test_a_few_unrelated_words_are_not(password: str) -> None:
    assert not await ZxcvbnGuesses().holds(Password(password), WORDS)


async def test_one_visitors_words_are_not_anothers() -> None:
    guesses, secret = ZxcvbnGuesses(), Password("zorblatt-quux")
    answers = await asyncio.gather(
        *(guesses.holds(secret, ["zorblatt-quux"] if own else ["ann-1"]) for own in (True, False) * 8)
    )
    assert answers == [True, False] * 8
