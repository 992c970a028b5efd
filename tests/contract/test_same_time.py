"""Whether an account exists shows in no text and no time: a thousand tries, each kind in turn, on a real database.

What is compared is processor time, of every thread, of two tries made moments apart, one that names an account
and one that names none: other work on the machine makes both longer. The median of their differences counts. One hash
costs a fraction of the site's own here, so that a difference in anything else is a larger part of the whole than it is
for a visitor.
"""

import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from statistics import median

import pytest

from portfolio_app.app.account.letters import Letters, SendResetLink
from portfolio_app.app.account.passwords import NewPasswords, PasswordCheck
from portfolio_app.app.account.recover import RecoverAccount, RecoverCommand
from portfolio_app.app.account.register import Register, RegisterCommand
from portfolio_app.app.account.sign_in import SignIn, SignInCommand
from portfolio_app.app.errors import AppError
from portfolio_app.app.ports.hasher import Verification
from portfolio_app.domain.account.recovery import RecoveryCode
from portfolio_app.domain.account.user import Password
from portfolio_app.infra.hasher import Argon2Hasher
from tests.contract.conftest import Storage
from tests.fakes.hasher import FakeGuesses
from tests.fakes.limiter import FakeLimiter
from tests.fakes.mail import FakeMail
from tests.fakes.samples import caller
from tests.fakes.sealer import FakeSealer

PASSWORD, WRONG, OWN = "correct horse battery", "wrong horse battery", "quite another password"
TRIES = 1_000
PART, NOISE_S = 0.05, 0.0001
"""How far two tries may be apart: so much of the faster one, and what caches make of some statements."""
_HASH = {"memory_kib": 8 * 1024, "time_cost": 1}


class CountingHasher(Argon2Hasher):
    """Counts what it hashes and compares."""

    def __init__(self) -> None:
        super().__init__(**_HASH)
        self.asked: Counter[str] = Counter()

    async def hash(self, password: Password, salt: bytes) -> str:
        self.asked["hash"] += 1
        return await super().hash(password, salt)

    async def verify(self, password: str, stored: str | None, salt: bytes) -> Verification:
        self.asked["verify"] += 1
        return await super().verify(password, stored, salt)

    async def hash_typed(self, password: str, salt: bytes) -> str:
        self.asked["typed"] += 1
        return await super().hash_typed(password, salt)


@dataclass
class Tries:
    """The forms that a stranger may send, and what each of them cost and was answered."""

    storage: Storage
    hasher: CountingHasher
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    hashed: dict[str, set[tuple[tuple[str, int], ...]]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        run, bus, clock = self.storage.unit_of_work, self.storage.bus, self.storage.clock
        limiter, sealer = FakeLimiter(), FakeSealer(clock)
        new = NewPasswords(run, self.hasher, FakeGuesses())
        self.check = PasswordCheck(run, self.hasher, limiter, bus, clock)
        self.letters = Letters(run, FakeMail(), limiter, clock, "https://site.example")
        self.sign_in = SignIn(self.check, sealer)
        self.register = Register(run, new, limiter, sealer, clock, self.letters)
        self.recover = RecoverAccount(run, new, limiter, bus, sealer, clock)
        self.reset = SendResetLink(self.letters, limiter)

    async def one(self, kind: str, form: Callable[[], Awaitable[object]]) -> None:
        """Send it, and let what it left to be done afterwards be over before the next."""
        self.hasher.asked.clear()
        began = time.process_time()
        try:
            await form()
            said = "accepted"  # with a ticket, which is sealed
        except AppError as error:
            said = f"{type(error).__name__}: {error}"
        self.times[kind].append(time.process_time() - began)
        self.answers[kind].add(said)
        self.hashed[kind].add(tuple(sorted(self.hasher.asked.items())))
        for aside in (self.check.recording, self.recover.recording, self.letters.aside):
            await aside.done()

    def forms(self, number: int) -> Mapping[str, Callable[[], Awaitable[object]]]:
        """One of each kind: beside each that names an account stands one that names none."""
        ann, code = caller("thief"), RecoveryCode.generate().shown

        def signing_in(login: str, password: str = WRONG) -> Callable[[], Awaitable[object]]:
            return lambda: self.sign_in(ann, SignInCommand(login, password))

        def registering(email: str, name: str) -> Callable[[], Awaitable[object]]:
            return lambda: self.register(ann, RegisterCommand(email, name, PASSWORD))

        def recovering(login: str) -> Callable[[], Awaitable[object]]:
            return lambda: self.recover(ann, RecoverCommand(login, code, PASSWORD))

        return {
            "sign in by name": signing_in("ann-1"),
            "sign in by name, nobody's": signing_in("bob-1"),
            "sign in by address": signing_in("ann-1@example.org"),
            "sign in by address, nobody's": signing_in("bob-1@example.org"),
            "register": registering("ann-1@example.org", f"new-{number}"),
            "register, nobody's": registering(f"new-{number}@example.org", f"newer-{number}"),
            # The own account, made before: of many that have the address, and alone.
            "sign in after it": signing_in("ann-1@example.org", OWN),
            "sign in after it, nobody's": signing_in("eve-1@example.org", OWN),
            "recover": recovering("ann-1"),
            "recover, nobody's": recovering("bob-1"),
            "ask for a link": lambda: self.reset(ann, "ann-1@example.org"),
            "ask for a link, nobody's": lambda: self.reset(ann, "bob-1@example.org"),
        }


@pytest.fixture
async def tries(sql_storage: Storage) -> AsyncIterator[Tries]:
    hasher = CountingHasher()
    yield Tries(sql_storage, hasher)
    hasher.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # a server's time is not this process's
async def test_a_thousand_tries_tell_no_account_from_none(tries: Tries) -> None:
    await tries.register(caller("ann"), RegisterCommand("ann-1@example.org", "ann-1", PASSWORD))
    await tries.storage.unit_of_work.run(lambda repositories: repositories.users.hold_email(1))
    for number, address in enumerate(("ann-1@example.org", "eve-1@example.org")):
        await tries.register(caller("eve"), RegisterCommand(address, f"eve-{number}", OWN))
    order = Random(
        16
    )  # one that is the same in every run, in which none comes always after the same other one
    for number in range(-(-TRIES // len(tries.forms(0)))):
        forms = list(tries.forms(number).items())
        order.shuffle(forms)
        for kind, form in forms:
            await tries.one(kind, form)

    pairs = [(kind, f"{kind}, nobody's") for kind in tries.times if "nobody" not in kind]
    assert len(pairs) == 6
    assert sum(map(len, tries.times.values())) >= TRIES
    for of_account, of_none in pairs:
        one, other = tries.times[of_account], tries.times[of_none]
        apart = median(each - beside for each, beside in zip(one, other, strict=True))
        assert abs(apart) < PART * min(median(one), median(other)) + NOISE_S, (of_account, apart)
        assert tries.hashed[of_account] == tries.hashed[of_none], of_account
        assert tries.answers[of_account] == tries.answers[of_none], of_account
    for kind in ("register", "sign in after it", "ask for a link"):
        assert tries.answers[kind] == {"accepted"}
    assert tries.hashed["sign in by name"] == {(("verify", 1),)}
    for kind in ("sign in by address", "sign in after it"):
        assert tries.hashed[kind] == {(("typed", 1), ("verify", 1))}
    assert tries.hashed["register"] == {(("hash", 1),)}
