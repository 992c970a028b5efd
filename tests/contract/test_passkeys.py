"""Contract of `PasskeyRepository`."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.passkeys import Purpose
from portfolio_app.domain.account.passkey import Passkey
from tests.contract.conftest import Storage
from tests.fakes.samples import session_id, user


async def test_a_passkey_is_stored_used_listed_and_removed(storage: Storage) -> None:
    run, now = storage.unit_of_work.run, storage.clock()
    ann, bob = [
        (await run(lambda r, name=name: r.users.add(user(storage.clock, name)))).id
        for name in ("ann-1", "bob-1")
    ]
    first = Passkey("first", ann, "phone", b"\x00\xff", 2**32, now)
    second = replace(first, id="second", created_at=now + timedelta(seconds=1))
    theirs = replace(first, id="theirs", user_id=bob)
    for each in (second, first, theirs):
        await run(lambda r, each=each: r.passkeys.add(each))
    with pytest.raises(AlreadyTaken):
        await run(lambda r: r.passkeys.add(replace(theirs, id="first")))
    assert await run(lambda r: r.passkeys.of_user(ann)) == [first, second]
    assert await run(lambda r: r.passkeys.get("theirs")) == theirs
    await run(lambda r: r.passkeys.use("first", 2**32 + 1, now))
    assert await run(lambda r: r.passkeys.get("first")) == replace(first, count=2**32 + 1, used_at=now)
    await run(lambda r: r.passkeys.remove("first"))
    assert await run(lambda r: r.passkeys.get("first")) is None
    assert await run(lambda r: r.passkeys.of_user(ann)) == [second]


async def test_of_two_who_take_a_challenge_at_once_one_finds_it_gone(storage: Storage) -> None:
    run, now = storage.unit_of_work.run, storage.clock()
    ann, soon = session_id("ann"), now + timedelta(minutes=5)
    for challenge in ("first", "second"):
        await run(lambda r, challenge=challenge: r.passkeys.challenge(ann, Purpose.ADD, challenge, soon))
    await run(lambda r: r.passkeys.challenge(ann, Purpose.SIGN_IN, "other", soon))

    taken = await asyncio.gather(*(run(lambda r: r.passkeys.take(ann, Purpose.ADD, now)) for _ in range(3)))

    assert sorted(taken, key=str) == [None, None, "second"]
    assert await run(lambda r: r.passkeys.take(session_id("bob"), Purpose.SIGN_IN, now)) is None
    assert await run(lambda r: r.passkeys.take(ann, Purpose.SIGN_IN, now)) == "other"


async def test_an_expired_challenge_is_worth_nothing_and_goes(storage: Storage) -> None:
    run, now = storage.unit_of_work.run, storage.clock()
    for name in ("ann", "bob", "eve"):
        await run(
            lambda r, name=name: r.passkeys.challenge(
                session_id(name), Purpose.ADD, f"challenge of {name}", now
            )
        )
    assert await run(lambda r: r.passkeys.take(session_id("ann"), Purpose.ADD, now)) is None
    late = now + timedelta(seconds=1)
    assert [await run(lambda r: r.passkeys.purge(late, 1)) for _ in range(3)] == [1, 1, 0]
