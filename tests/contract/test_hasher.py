"""Contract of `PasswordHasher`, and of argon2 behind it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.ports.hasher import PasswordHasher
from portfolio_app.domain.account.user import PASSWORD_LONGEST, PASSWORD_MAX, PASSWORD_MIN, Password
from portfolio_app.infra import hasher as module
from portfolio_app.infra.hasher import Argon2Hasher
from tests.fakes.hasher import FakeHasher

PASSWORD = Password.parse("correct horse battery")
CHEAP = {"memory_kib": 256, "time_cost": 1}
SALT, OTHER_SALT = bytes(range(16)), bytes(16)


@pytest.fixture
def argon2() -> Iterator[Argon2Hasher]:
    """The real one with parameters fit for many tests."""
    hasher = Argon2Hasher(**CHEAP)
    yield hasher
    hasher.close()


@pytest.fixture(params=["fake", "argon2"])
def hasher(request: pytest.FixtureRequest, argon2: Argon2Hasher) -> PasswordHasher:
    return FakeHasher() if request.param == "fake" else argon2


async def test_the_right_password_fits_and_needs_no_new_hash(hasher: PasswordHasher) -> None:
    verification = await hasher.verify(PASSWORD.value, await hasher.hash(PASSWORD, SALT), SALT)

    assert (verification.ok, verification.rehash) == (True, None)


@pytest.mark.parametrize(
    "typed", ["", "Correct horse battery", "correct horse battery ", "x" * 100_000, "\ud800"]
)
async def test_a_wrong_password_does_not_fit(hasher: PasswordHasher, typed: str) -> None:
    stored = await hasher.hash(PASSWORD, SALT)

    assert not (await hasher.verify(typed, stored, SALT)).ok


async def test_a_password_is_compared_to_its_end(hasher: PasswordHasher) -> None:
    longest = Password.parse("p" * PASSWORD_MAX)

    assert not (await hasher.verify("p" * (PASSWORD_MAX + 1), await hasher.hash(longest, SALT), SALT)).ok
    assert not (await hasher.verify("p" * (PASSWORD_LONGEST + 1), await hasher.hash(longest, SALT), SALT)).ok


@pytest.mark.parametrize("length", [PASSWORD_MIN - 2, PASSWORD_LONGEST])
async def test_a_password_chosen_under_earlier_rules_still_fits(hasher: PasswordHasher, length: int) -> None:
    earlier = Password("p" * PASSWORD_MIN)
    object.__setattr__(earlier, "value", "p" * length)

    assert (await hasher.verify("p" * length, await hasher.hash(earlier, SALT), SALT)).ok


async def test_nobody_has_no_password(hasher: PasswordHasher) -> None:
    assert not (await hasher.verify(PASSWORD.value, None, SALT)).ok
    assert not (await hasher.verify("nobody's password", None, SALT)).ok


async def test_a_password_typed_on_another_keyboard_fits(hasher: PasswordHasher) -> None:
    stored = await hasher.hash(Password.parse("pass\u00e9 compos\u00e9 \ufb01n"), SALT)

    assert (await hasher.verify("passe\u0301 compose\u0301 fin", stored, SALT)).ok


async def test_a_password_may_hold_any_character(hasher: PasswordHasher) -> None:
    password = Password.parse("nul \x00 and half \ud800 a pair")

    assert (await hasher.verify(password.value, await hasher.hash(password, SALT), SALT)).ok


async def test_a_hash_with_old_parameters_is_replaced_by_one_that_fits(argon2: Argon2Hasher) -> None:
    stored = await argon2.hash(PASSWORD, SALT)
    stronger = Argon2Hasher(memory_kib=512, time_cost=1)

    verification = await stronger.verify(PASSWORD.value, stored, SALT)

    assert verification.ok
    assert verification.rehash is not None
    assert (await stronger.verify(PASSWORD.value, verification.rehash, SALT)).rehash is None
    stronger.close()


async def test_the_sites_own_parameters_are_argon2id_with_19_mebibytes() -> None:
    hasher = Argon2Hasher()

    stored = await hasher.hash(PASSWORD, SALT)
    hasher.close()

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_it_is_made_without_hashing_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[object] = []
    monkeypatch.setattr("argon2.low_level.hash_secret", lambda *_, **__: hashed.append(1))

    hasher = Argon2Hasher()
    hasher.close()

    assert hashed == []


async def test_a_password_has_one_hash_for_each_salt_and_as_it_is_typed(hasher: PasswordHasher) -> None:
    stored = await hasher.hash(PASSWORD, SALT)
    assert await hasher.hash_typed(PASSWORD.value, SALT) == stored
    assert await hasher.hash(PASSWORD, OTHER_SALT) != stored
    assert await hasher.hash_typed(f"{PASSWORD.value} ", SALT) != stored
    longest = Password.parse("p" * PASSWORD_MAX)
    object.__setattr__(longest, "value", "p" * PASSWORD_LONGEST)
    assert await hasher.hash_typed("p" * (PASSWORD_LONGEST + 1), SALT) != await hasher.hash(longest, SALT)


async def test_a_hash_with_another_salt_fits_and_is_replaced(hasher: PasswordHasher) -> None:
    verification = await hasher.verify(PASSWORD.value, await hasher.hash(PASSWORD, OTHER_SALT), SALT)
    assert (verification.ok, verification.rehash) == (True, await hasher.hash(PASSWORD, SALT))


async def test_saying_no_for_nobody_takes_as_long_as_for_somebody() -> None:
    hasher = Argon2Hasher()
    stored = await hasher.hash(PASSWORD, SALT)

    async def best_of_five(known: str | None) -> float:
        times = []
        for _ in range(5):
            before = time.process_time()
            await hasher.verify("something else", known, SALT)
            times.append(time.process_time() - before)
        return min(times)

    somebody, nobody = await best_of_five(stored), await best_of_five(None)
    hasher.close()

    assert 0.5 < nobody / somebody < 2


async def test_too_many_waiting_passwords_are_refused(
    argon2: Argon2Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 3)

    outcomes = await asyncio.gather(
        *(argon2.verify("x", None, SALT) for _ in range(5)), return_exceptions=True
    )

    assert [isinstance(outcome, Unavailable) for outcome in outcomes] == [False] * 3 + [True] * 2
    assert not (await argon2.verify("x", None, SALT)).ok


def test_importing_and_using_it_warns_of_nothing() -> None:
    code = (
        "import asyncio; from portfolio_app.infra.hasher import Argon2Hasher; h = Argon2Hasher(256, 1);"
        "print(asyncio.run(h.verify('x', None, bytes(16))).ok)"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("False\n", "")


async def test_passwords_are_hashed_one_at_a_time_behind_everybody_else(argon2: Argon2Hasher) -> None:
    hashing = [asyncio.create_task(argon2.hash(PASSWORD, SALT)) for _ in range(5)]
    await asyncio.sleep(0)
    assert argon2.waiting == 5
    await asyncio.gather(*hashing)
    [thread] = argon2._threads._threads
    if sys.platform == "linux":
        lowered = min(19, os.getpriority(os.PRIO_PROCESS, 0) + module.NICENESS)
        assert os.getpriority(os.PRIO_PROCESS, thread.native_id or 0) == lowered
