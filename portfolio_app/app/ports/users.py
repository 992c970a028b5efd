"""Accounts and, apart from them, their credentials."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from portfolio_app.domain.account.user import Email, Role, User, Username

MOST_STAFF: Final = 100
"""Moderators whose names are marked and kept from being imitated."""


@dataclass(frozen=True, slots=True)
class WrongPasswords:
    """How many were tried for an account between its last two sign-ins, and when the last one was."""

    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Departed:
    """A user whose account is to go, and whether the messages go along."""

    user: User
    takes_messages: bool


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name that a member gave up, and when."""

    name: Username
    user_id: int
    since: datetime


class UserRepository(Protocol):
    """Registered people."""

    def lock(self, user_id: int) -> None:
        """Wait until no other transaction has the account locked, and keep it locked until this one has ended.

        Called before anything of the account is read. Messages of the account are stored meanwhile.
        """
        ...

    def lock_of(self, session_id: str) -> None:
        """Lock the account of a session, if it has one, as `lock` does."""
        ...

    def get(self, user_id: int) -> User | None:
        """The user, or None."""
        ...

    def by_username(self, username: Username) -> User | None:
        """The user with that name, or None."""
        ...

    def by_email(self, email: Email) -> User | None:
        """The user who holds that address, or None."""
        ...

    def newest_with(self, email: Email) -> User | None:
        """The newest user who has that address without holding it, or None."""
        ...

    def staff(self, limit: int) -> list[User]:
        """Up to `limit` users who are more than members: moderators and the owner."""
        ...

    def add(self, user: User) -> User:
        """Store a new user and return it with its id; `AlreadyTaken` if the name is in use, or somebody
        holds the address that the user is to hold."""
        ...

    def rename(self, user_id: int, name: Username, at: datetime) -> None:
        """Give the user another name, and keep the one before as a former name; `AlreadyTaken` if it is in use.

        What is kept of `name` as somebody's former name goes.
        """
        ...

    def set_email(self, user_id: int, email: Email) -> None:
        """Give the user another address, which is not confirmed yet."""
        ...

    def hold_email(self, user_id: int) -> None:
        """Let the user hold the address of the account; `AlreadyTaken` if somebody else does."""
        ...

    def release_email(self, user_id: int) -> None:
        """Let the user have the address without holding it."""
        ...

    def former_names(self, user_id: int) -> list[FormerName]:
        """The names that a user gave up and that are still kept, the last one first."""
        ...

    def formerly(self, name: Username, after: datetime) -> User | None:
        """The user who gave that name up later than `after`, or None."""
        ...

    def unfollowed(self, before: datetime, limit: int) -> list[FormerName]:
        """Names given up before then that messages and audit trail may still have; the oldest first."""
        ...

    def followed(self, name: Username) -> None:
        """Write down that they have it no more."""
        ...

    def purge_names(self, before: datetime, at_most: int) -> int:
        """Delete former names that were given up before then; returns how many."""
        ...

    def set_role(self, user_id: int, role: Role) -> None:
        """Change what the user may do."""
        ...

    def disable(self, user_id: int, at: datetime | None) -> None:
        """Keep the user out from then on, or let them in again."""
        ...

    def leave(self, user_id: int, gone_at: datetime, *, takes_messages: bool) -> None:
        """Let the account go at that time; from then on it is disabled."""
        ...

    def stay(self, user_id: int) -> bool:
        """Undo `leave`; False, and no effect, where there is nothing to undo."""
        ...

    def departed(self, before: datetime) -> Departed | None:
        """The account that was to go first, before then."""
        ...

    def delete(self, user_id: int) -> None:
        """Delete the account with all that opens it; nothing else may refer to it any more."""
        ...


class CredentialRepository(Protocol):
    """Password hashes, in a table of their own, and how often somebody failed to guess one."""

    def get(self, user_id: int) -> str | None:
        """The stored hash, or None."""
        ...

    def put(self, user_id: int, password_hash: str) -> None:
        """Store or replace the hash."""
        ...

    def replace(self, user_id: int, former: str, password_hash: str) -> bool:
        """Store the hash if `former`, or the hash itself, is what is stored; else False: the password has changed."""
        ...

    def salt(self, email: Email) -> bytes:
        """The salt of the passwords of every account that has that address: one hash compares with them all."""
        ...

    def owner(self, email: Email, password_hash: str) -> int | None:
        """The newest user who has that address without holding it, and of whose password that is the stored hash."""
        ...

    def refused(self, user_id: int, at: datetime) -> None:
        """Count a wrong password."""
        ...

    def signed_in(self, user_id: int) -> WrongPasswords | None:
        """Begin to count anew; returns what was counted, if anything, which `wrong_passwords` shows from now on."""
        ...

    def wrong_passwords(self, user_id: int) -> WrongPasswords | None:
        """The wrong passwords before the last sign-in, if there were any."""
        ...
