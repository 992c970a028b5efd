"""Accounts and credentials in memory."""

from dataclasses import replace
from datetime import datetime

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.ports.users import WrongPasswords
from portfolio_app.domain.account.user import Email, Role, User, Username
from tests.fakes.store import Store


class FakeUsers:
    """Implements `UserRepository`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, user_id: int) -> User | None:
        return self._store.users.get(user_id)

    def by_username(self, username: Username) -> User | None:
        return next((user for user in self._store.users.values() if user.username == username), None)

    def by_email(self, email: Email) -> User | None:
        return next((user for user in self._store.users.values() if user.email == email), None)

    def staff(self, limit: int) -> list[User]:
        return [user for user in self._store.users.values() if user.is_moderator][:limit]

    def add(self, user: User) -> User:
        if self.by_username(user.username) or self.by_email(user.email):
            raise AlreadyTaken
        stored = replace(user, id=len(self._store.users) + 1)
        self._store.users[stored.id] = stored
        return stored

    def set_role(self, user_id: int, role: Role) -> None:
        self._store.users[user_id] = replace(self._store.users[user_id], role=role)

    def disable(self, user_id: int, at: datetime | None) -> None:
        self._store.users[user_id] = replace(self._store.users[user_id], disabled=at is not None)


class FakeCredentials:
    """Implements `CredentialRepository`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, user_id: int) -> str | None:
        return self._store.credentials.get(user_id)

    def put(self, user_id: int, password_hash: str) -> None:
        self._store.credentials[user_id] = password_hash

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
