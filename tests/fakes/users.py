"""Accounts and credentials in memory."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.users import Departed, FormerName, WrongPasswords
from portfolio_app.domain.account.user import Email, Role, User, Username
from tests.fakes.store import Store


class FakeUsers:
    """Implements `UserRepository`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def lock(self, user_id: int) -> None:
        """One transaction runs at a time."""

    def lock_of(self, session_id: str) -> None:
        """One transaction runs at a time."""

    def get(self, user_id: int) -> User | None:
        user = self._store.users.get(user_id)
        is_gone = user is not None and user.gone_at is not None and user.gone_at <= self._clock()
        return replace(user, disabled=True) if user and is_gone else user

    def by_username(self, username: Username) -> User | None:
        return self._first(lambda user: user.username == username)

    def by_email(self, email: Email) -> User | None:
        return self._first(lambda user: user.email == email and user.holds_email)

    def newest_with(self, email: Email) -> User | None:
        having = [user for user in self._store.users.values() if user.email == email and not user.holds_email]
        return self.get(having[-1].id) if having else None

    def _first(self, wanted: Callable[[User], bool]) -> User | None:
        return next((self.get(user.id) for user in self._store.users.values() if wanted(user)), None)

    def staff(self, limit: int) -> list[User]:
        staff = [user for user in self._store.users.values() if user.is_moderator]
        return sorted(staff, key=lambda user: (user.role, user.id or 0), reverse=True)[:limit]

    def add(self, user: User) -> User:
        if self.by_username(user.username) or (user.holds_email and self.by_email(user.email)):
            raise AlreadyTaken
        stored = replace(user, id=max(self._store.users, default=0) + 1)
        self._store.users[stored.id] = stored
        return stored

    def rename(self, user_id: int, name: Username, at: datetime) -> None:
        if self.by_username(name):
            raise AlreadyTaken
        user = self._store.users[user_id]
        self._store.former_names.pop(str(name), None)
        self._store.former_names[str(user.username)] = FormerName(user.username, user_id, at), False
        self._store.users[user_id] = replace(user, username=name)

    def set_email(self, user_id: int, email: Email) -> None:
        self._store.users[user_id] = replace(self._store.users[user_id], email=email, holds_email=False)

    def hold_email(self, user_id: int) -> None:
        user = self._store.users[user_id]
        holder = self.by_email(user.email)
        if holder is not None and holder.id != user_id:
            raise AlreadyTaken
        self._store.users[user_id] = replace(user, holds_email=True)

    def release_email(self, user_id: int) -> None:
        self._store.users[user_id] = replace(self._store.users[user_id], holds_email=False)

    def former_names(self, user_id: int) -> list[FormerName]:
        own = [former for former, _ in self._store.former_names.values() if former.user_id == user_id]
        return sorted(own, key=lambda each: each.since, reverse=True)

    def formerly(self, name: Username, after: datetime) -> User | None:
        former, _ = self._store.former_names.get(str(name), (None, False))
        return self.get(former.user_id) if former and former.since > after else None

    def unfollowed(self, before: datetime, limit: int) -> list[FormerName]:
        waiting = [each for each, is_done in self._store.former_names.values() if not is_done]
        return sorted((each for each in waiting if each.since < before), key=lambda each: each.since)[:limit]

    def followed(self, name: Username) -> None:
        self._store.former_names[str(name)] = self._store.former_names[str(name)][0], True

    def purge_names(self, before: datetime, at_most: int) -> int:
        old = [name for name, (each, _) in self._store.former_names.items() if each.since < before][:at_most]
        for name in old:
            del self._store.former_names[name]
        return len(old)

    def set_role(self, user_id: int, role: Role) -> None:
        self._store.users[user_id] = replace(self._store.users[user_id], role=role)

    def disable(self, user_id: int, at: datetime | None) -> None:
        self._store.users[user_id] = replace(self._store.users[user_id], disabled=at is not None)

    def leave(self, user_id: int, gone_at: datetime, *, takes_messages: bool) -> None:
        self._store.users[user_id] = replace(self._store.users[user_id], gone_at=gone_at)
        self._store.takes_messages[user_id] = takes_messages

    def stay(self, user_id: int) -> bool:
        user = self._store.users[user_id]
        self._store.users[user_id] = replace(user, gone_at=None)
        return user.gone_at is not None

    def departed(self, before: datetime) -> Departed | None:
        leaving = [(user.gone_at, user) for user in self._store.users.values() if user.gone_at]
        first = min(leaving, key=lambda each: each[0], default=None)
        if first is None or first[0] >= before:
            return None
        user = self.get(first[1].id)
        return Departed(user, self._store.takes_messages[user.id]) if user else None

    def delete(self, user_id: int) -> None:
        assert not any(message.author.user_id == user_id for message in self._store.messages.values())
        assert not any(session.user_id == user_id for session in self._store.sessions.values())
        for table in (self._store.users, self._store.credentials, self._store.wrong_passwords):
            table.pop(user_id, None)
        for former in self.former_names(user_id):
            del self._store.former_names[str(former.name)]
        for passkey in [each.id for each in self._store.passkeys.values() if each.user_id == user_id]:
            del self._store.passkeys[passkey]
        for code in [code for code, (owner, _) in self._store.recovery_codes.items() if owner == user_id]:
            del self._store.recovery_codes[code]


class FakeCredentials:
    """Implements `CredentialRepository`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, user_id: int) -> str | None:
        return self._store.credentials.get(user_id)

    def put(self, user_id: int, password_hash: str) -> None:
        self._store.credentials[user_id] = password_hash

    def replace(self, user_id: int, former: str, password_hash: str) -> bool:
        is_same = self._store.credentials.get(user_id) in (former, password_hash)
        if is_same:
            self._store.credentials[user_id] = password_hash
        return is_same

    def salt(self, email: Email) -> bytes:
        return hashlib.sha256(str(email).encode()).digest()[:16]

    def owner(self, email: Email, password_hash: str) -> int | None:
        having = [
            user.id for user in self._store.users.values() if user.email == email and not user.holds_email
        ]
        return max((each for each in having if self.get(each) == password_hash), default=None)

    def refused(self, user_id: int, at: datetime) -> None:
        counted, shown, _ = self._store.wrong_passwords.get(user_id, (0, 0, at))
        self._store.wrong_passwords[user_id] = (counted + 1, shown, at)

    def signed_in(self, user_id: int) -> WrongPasswords | None:
        if user_id in self._store.wrong_passwords:
            counted, _, at = self._store.wrong_passwords[user_id]
            self._store.wrong_passwords[user_id] = (0, counted, at)
        return self.wrong_passwords(user_id)

    def wrong_passwords(self, user_id: int) -> WrongPasswords | None:
        _, shown, at = self._store.wrong_passwords.get(user_id, (0, 0, None))
        return WrongPasswords(shown, at) if shown and at else None
