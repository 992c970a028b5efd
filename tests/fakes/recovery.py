"""Recovery codes in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tests.fakes.store import Store


class FakeRecovery:
    """Implements `RecoveryRepository`."""

    def __init__(self, store: Store) -> None:
        self._codes = store.recovery_codes

    def replace(self, user_id: int, hashes: Sequence[str]) -> None:
        self._drop(lambda owner, expires: owner == user_id and expires is None)
        self._codes.update(dict.fromkeys(hashes, (user_id, None)))

    def add_link(
        self, user_id: int, code_hash: str, expires_at: datetime, *, keeps_earlier: bool = False
    ) -> None:
        if not keeps_earlier:
            self.end_links(user_id)
        self._codes[code_hash] = (user_id, expires_at)

    def owner(self, code_hash: str, now: datetime) -> int | None:
        owner, expires = self._codes.get(code_hash, (None, None))
        return owner if expires is None or expires > now else None

    def use(self, user_id: int, code_hash: str, now: datetime) -> bool:
        if self.owner(code_hash, now) != user_id:
            return False
        del self._codes[code_hash]
        return True

    def left(self, user_id: int) -> int:
        return sum(entry == (user_id, None) for entry in self._codes.values())

    def end_links(self, user_id: int) -> None:
        self._drop(lambda owner, expires: owner == user_id and expires is not None)

    def purge(self, expired_before: datetime, at_most: int) -> int:
        return self._drop(lambda _, expires: expires is not None and expires < expired_before, at_most)

    def _drop(self, wanted: Callable[[int, datetime | None], bool], at_most: int | None = None) -> int:
        gone = [code for code, entry in self._codes.items() if wanted(*entry)][:at_most]
        for code in gone:
            del self._codes[code]
        return len(gone)
