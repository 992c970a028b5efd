"""Contract of `UserRepository`, `CredentialRepository` and `AuditTrail`."""

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.app.ports.users import WrongPasswords
from portfolio_app.domain.account.user import Email, Role, User, Username
from tests.contract.conftest import Storage
from tests.fakes.samples import user


async def test_a_stored_user_is_found_by_id_name_and_address(storage: Storage) -> None:
    new = user(storage.clock)
    stored = await storage.unit_of_work.run(lambda r: r.users.add(new))

    def find(repositories: Repositories) -> list[User | None]:
        users = repositories.users
        return [users.get(stored.id), users.by_username(new.username), users.by_email(new.email)]

    assert stored.id > 0
    assert await storage.unit_of_work.run(find) == [stored, stored, stored]
    assert stored.created_at.tzinfo is UTC


async def test_unknown_users_are_none(storage: Storage) -> None:
    def find(repositories: Repositories) -> list[User | None]:
        users = repositories.users
        nobody = Username("nobody"), Email("nobody@example.org")
        return [users.get(99), users.by_username(nobody[0]), users.by_email(nobody[1])]

    assert await storage.unit_of_work.run(find) == [None, None, None]


@pytest.mark.parametrize("second", [("ann-1", "other@example.org"), ("other", "ann-1@example.org")])
async def test_a_name_or_address_in_use_is_taken(storage: Storage, second: tuple[str, str]) -> None:
    await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock)))
    name, email = second

    with pytest.raises(AlreadyTaken):
        await storage.unit_of_work.run(
            lambda r: r.users.add(User(0, Username(name), Email(email), Role.MEMBER, storage.clock()))
        )


async def test_any_number_have_an_address_and_one_at_most_holds_it(storage: Storage) -> None:
    run = storage.unit_of_work.run
    address, salts = user(storage.clock).email, []
    ann, bob, eve = [
        (
            await run(
                lambda r, name=name: r.users.add(
                    replace(user(storage.clock, name), email=address, holds_email=False)
                )
            )
        ).id
        for name in ("ann-1", "bob-1", "eve-1")
    ]
    for each, password_hash in ((ann, "one"), (bob, "two"), (eve, "two")):
        await run(lambda r, each=each, of=password_hash: r.credentials.put(each, of))

    def found(repositories: Repositories) -> list[int | None]:
        holder, newest = repositories.users.by_email(address), repositories.users.newest_with(address)
        owners = [repositories.credentials.owner(address, of) for of in ("one", "two", "three")]
        salts.append(repositories.credentials.salt(address))
        return [holder and holder.id, newest and newest.id, *owners]

    assert await run(found) == [None, eve, ann, eve, None]
    assert await run(lambda r: r.credentials.owner(Email("other@example.org"), "one")) is None
    held = await asyncio.gather(
        *(run(lambda r, each=each: r.users.hold_email(each)) for each in (ann, bob)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in held) == ["AlreadyTaken", "NoneType"]
    holder = ann if held[0] is None else bob
    assert (await run(found))[:2] == [holder, eve]
    kept = await run(lambda r: r.users.get(holder))
    assert kept is not None
    assert (kept.email, kept.holds_email) == (address, True)
    await run(lambda r: r.users.release_email(holder))
    assert await run(found) == [None, eve, ann, eve, None]
    await run(lambda r: r.users.set_email(eve, Email("other@example.org")))
    assert await run(found) == [None, bob, ann, bob, None]
    assert len(set(salts)) == 1
    assert len(salts[0]) == 16
    assert await run(lambda r: r.credentials.salt(Email("other@example.org"))) != salts[0]


async def test_a_role_can_change(storage: Storage) -> None:
    stored = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock)))

    await storage.unit_of_work.run(lambda r: r.users.set_role(stored.id, Role.MODERATOR))

    changed = await storage.unit_of_work.run(lambda r: r.users.get(stored.id))
    assert changed is not None
    assert changed.is_moderator


async def test_a_credential_is_stored_and_replaced(storage: Storage) -> None:
    stored = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock)))

    assert await storage.unit_of_work.run(lambda r: r.credentials.get(stored.id)) is None
    for value in ("first", "second"):
        await storage.unit_of_work.run(lambda r, value=value: r.credentials.put(stored.id, value))
    assert await storage.unit_of_work.run(lambda r: r.credentials.get(stored.id)) == "second"
    for former, is_stored in (("first", False), ("second", True), ("second", True)):
        replaced = await storage.unit_of_work.run(
            lambda r, former=former: r.credentials.replace(stored.id, former, "third")
        )
        assert replaced is is_stored
    assert await storage.unit_of_work.run(lambda r: r.credentials.get(stored.id)) == "third"
    assert not await storage.unit_of_work.run(lambda r: r.credentials.replace(99, "second", "third"))


async def test_wrong_passwords_are_counted_until_a_sign_in_and_shown_until_the_next(storage: Storage) -> None:
    ann, bob = [
        (await storage.unit_of_work.run(lambda r, name=name: r.users.add(user(storage.clock, name)))).id
        for name in ("ann-1", "bob-1")
    ]
    run = storage.unit_of_work.run
    await run(lambda r: r.credentials.put(ann, "hash"))
    assert await run(lambda r: r.credentials.signed_in(ann)) is None
    now = storage.clock()
    await asyncio.gather(*(run(lambda r: r.credentials.refused(ann, now)) for _ in range(5)))
    await run(lambda r: r.credentials.put(ann, "another hash"))
    assert await run(lambda r: r.credentials.wrong_passwords(ann)) is None

    told = await run(lambda r: r.credentials.signed_in(ann))
    assert told == WrongPasswords(5, now)
    assert await run(lambda r: r.credentials.wrong_passwords(ann)) == told
    assert await run(lambda r: r.credentials.wrong_passwords(bob)) is None

    assert await run(lambda r: r.credentials.signed_in(ann)) is None
    await run(lambda r: r.credentials.refused(ann, now))
    assert await run(lambda r: r.credentials.signed_in(ann)) == WrongPasswords(1, now)


async def test_old_lines_of_the_trail_go_so_many_at_once(storage: Storage) -> None:
    def line(number: int) -> AuditEntry:
        return AuditEntry(storage.clock(), "ann", Action.REGISTERED, f"subject-{number}", "request")

    for number in range(5):
        await storage.unit_of_work.run(lambda r, number=number: r.audit.add(line(number)))
    storage.clock.advance(days=1)
    before = storage.clock()
    await storage.unit_of_work.run(lambda r: r.audit.add(line(5)))

    purged = [await storage.unit_of_work.run(lambda r: r.audit.purge(before, 3)) for _ in range(3)]

    assert purged == [3, 2, 0]
    left = await storage.unit_of_work.run(lambda r: r.audit.recent(9))
    assert [entry.subject for entry in left] == ["subject-5"]


async def test_the_trail_comes_newest_first(storage: Storage) -> None:
    entries = [
        AuditEntry(storage.clock(), "ann", Action.REGISTERED, f"subject-{number}", f"request-{number}")
        for number in range(3)
    ]

    def add(repositories: Repositories) -> None:
        for entry in entries:
            repositories.audit.add(entry)

    await storage.unit_of_work.run(add)

    assert await storage.unit_of_work.run(lambda r: r.audit.recent(2)) == [entries[2], entries[1]]


async def test_staff_are_those_who_are_more_than_members(storage: Storage) -> None:
    roles = {"ann-1": Role.MEMBER, "bob-1": Role.OWNER, "eve-1": Role.MODERATOR}
    for name, role in roles.items():
        made = user(storage.clock, name)
        stored = await storage.unit_of_work.run(lambda r, made=made: r.users.add(made))
        await storage.unit_of_work.run(lambda r, stored=stored, role=role: r.users.set_role(stored.id, role))
    staff = await storage.unit_of_work.run(lambda r: r.users.staff(10))
    assert [(str(each.username), each.role) for each in staff] == [
        ("bob-1", Role.OWNER),
        ("eve-1", Role.MODERATOR),
    ]
    assert len(await storage.unit_of_work.run(lambda r: r.users.staff(1))) == 1


async def test_of_two_who_use_a_code_at_once_one_finds_it_gone(storage: Storage) -> None:
    run, now = storage.unit_of_work.run, storage.clock()
    ann, bob = [
        (await run(lambda r, name=name: r.users.add(user(storage.clock, name)))).id
        for name in ("ann-1", "bob-1")
    ]
    await run(lambda r: r.recovery.replace(ann, ["old"]))
    await run(lambda r: r.recovery.replace(ann, ["one", "two"]))
    await run(lambda r: r.recovery.add_link(ann, "link", now + timedelta(hours=1)))

    assert await run(lambda r: r.recovery.left(ann)) == 2
    owners = [
        await run(lambda r, code=code: r.recovery.owner(code, now)) for code in ("one", "old", "link", "")
    ]
    assert owners == [ann, None, ann, None]
    assert not await run(lambda r: r.recovery.use(bob, "one", now))
    used = await asyncio.gather(*(run(lambda r: r.recovery.use(ann, "one", now)) for _ in range(4)))
    assert sorted(used) == [False, False, False, True]
    later = now + timedelta(hours=1)
    assert not await run(lambda r: r.recovery.use(ann, "link", later))
    assert await run(lambda r: r.recovery.owner("link", later)) is None
    assert await run(lambda r: r.recovery.purge(later + timedelta(seconds=1), 9)) == 1
    assert await run(lambda r: r.recovery.left(ann)) == 1


async def test_a_user_can_be_disabled_and_enabled(storage: Storage) -> None:
    stored = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock)))
    for at in (storage.clock(), None):
        await storage.unit_of_work.run(lambda r, at=at: r.users.disable(stored.id, at))
        found = await storage.unit_of_work.run(lambda r: r.users.get(stored.id))
        assert found is not None
        assert found.disabled is (at is not None)
