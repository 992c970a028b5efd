"""A member signs in with a passkey, adds and removes some."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from portfolio_app.app.account import tickets
from portfolio_app.app.account.elevate import require_proof
from portfolio_app.app.account.record import news, record
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import AlreadyTaken, BadPasskey, NotFound, RateLimited
from portfolio_app.app.events import AccountNews
from portfolio_app.app.identity import require_member
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.limiter import RateLimiter, Rates
from portfolio_app.app.ports.passkeys import Ceremonies, Purpose, Verified
from portfolio_app.app.ports.sealer import Sealer
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.passkey import CHALLENGE_LIFETIME, MOST_PASSKEYS, Passkey, passkey_name
from portfolio_app.domain.errors import InvalidValue

_FAILURES: Final = {
    Purpose.SIGN_IN: SecurityEvent.SIGN_IN_FAILED,
    Purpose.PROVE: SecurityEvent.PROOF_FAILED,
}


@dataclass(frozen=True, slots=True)
class Passkeys:
    """Use cases of passkeys. A challenge is good for its session and purpose, once, within `CHALLENGE_LIFETIME`."""

    unit_of_work: UnitOfWork
    ceremonies: Ceremonies
    limiter: RateLimiter
    bus: Bus
    sealer: Sealer
    clock: Clock

    async def of(self, caller: Caller) -> list[Passkey]:
        """The passkeys of the caller's account; `NotAllowed` for a guest."""
        return await self.unit_of_work.run(lambda r: r.passkeys.of_user(require_member(r, caller).id))

    async def begin_adding(self, caller: Caller) -> str:
        """Options for the browser; `NotAllowed` for a guest, `ProofNeeded`, `RateLimited`, `InvalidValue` over ten."""
        await self.limiter.hit(Rates.PASSKEY_NETWORK, caller.network)
        challenge = self.ceremonies.new_challenge()

        def store(repositories: Repositories) -> str:
            now = self.clock()
            member = require_proof(repositories, caller, now)
            known = repositories.passkeys.of_user(member.id)
            _refuse_more_than_allowed(known)
            repositories.passkeys.challenge(
                caller.session_id, Purpose.ADD, challenge, now + CHALLENGE_LIFETIME
            )
            return self.ceremonies.adding(challenge, member, known)

        return await self.unit_of_work.run(store)

    async def add(self, caller: Caller, name: str, answer: str) -> None:
        """Store the passkey of the device that answered; raises the same, and `BadPasskey`."""
        await self.limiter.hit(Rates.PASSKEY_NETWORK, caller.network)
        verified = await self.ceremonies.added(await self._challenge(caller, Purpose.ADD), answer)

        def store(repositories: Repositories) -> None:
            now = self.clock()
            member = require_proof(repositories, caller, now)
            _refuse_more_than_allowed(repositories.passkeys.of_user(member.id))
            made = Passkey(
                verified.passkey_id, member.id, passkey_name(name), verified.public_key, verified.count, now
            )
            repositories.passkeys.add(made)
            record(repositories, now, SecurityEvent.PASSKEY_ADDED, member.id, caller, detail=made.name)

        try:
            await self.unit_of_work.run(store)
        except AlreadyTaken:
            raise BadPasskey from None

    async def remove(self, caller: Caller, handle: str) -> None:
        """Forget one; `NotFound`, `NotAllowed` for a guest, `ProofNeeded`."""

        def remove(repositories: Repositories) -> None:
            now = self.clock()
            member = require_proof(repositories, caller, now)
            own = repositories.passkeys.of_user(member.id)
            found = next((each for each in own if each.handle == handle), None)
            if found is None:
                raise NotFound("That passkey is gone already.")
            repositories.passkeys.remove(found.id)
            record(repositories, now, SecurityEvent.PASSKEY_REMOVED, member.id, caller, detail=found.name)

        await self.unit_of_work.run(remove)

    async def begin_signing_in(self, caller: Caller) -> str:
        """Options for the browser, the same for every visitor. Raises `RateLimited`."""
        return await self._begin(caller, Purpose.SIGN_IN)

    async def begin_proving(self, caller: Caller) -> str:
        """Options for the browser of a member who is to confirm a change; `NotAllowed` for a guest."""
        await self.unit_of_work.run(lambda repositories: require_member(repositories, caller))
        return await self._begin(caller, Purpose.PROVE)

    async def sign_in(self, caller: Caller, answer: str) -> str:
        """Return a ticket; `BadPasskey` in the same words whatever is wrong, `RateLimited`."""
        passkey, verified = await self._verified(caller, Purpose.SIGN_IN, answer)

        def use(repositories: Repositories) -> str:
            user = repositories.users.get(passkey.user_id)
            if user is None or user.disabled:
                raise BadPasskey
            self._use(repositories, passkey, verified)
            password_hash = repositories.credentials.get(user.id) or ""
            return tickets.issue(self.sealer, caller.session_id, user.id, password_hash)

        return await self.unit_of_work.run(use)

    async def prove(self, caller: Caller, answer: str) -> None:
        """Take a passkey of the caller's own account for its password; `NotAllowed` for a guest, `BadPasskey`,
        `RateLimited`."""
        passkey, verified = await self._verified(caller, Purpose.PROVE, answer)

        def use(repositories: Repositories) -> bool:
            member, now = require_member(repositories, caller), self.clock()
            if passkey.user_id != member.id:
                record(repositories, now, SecurityEvent.PROOF_FAILED, member.id, caller, detail="passkey")
                return False
            self._use(repositories, passkey, verified)
            repositories.sessions.prove(caller.session_id, now)
            record(repositories, now, SecurityEvent.PROVED_BY_PASSKEY, member.id, caller, detail=passkey.name)
            return True

        if not await self.unit_of_work.run(use):
            raise BadPasskey

    async def _begin(self, caller: Caller, purpose: Purpose) -> str:
        await self.limiter.hit(Rates.PASSKEY_NETWORK, caller.network)
        challenge, expires_at = self.ceremonies.new_challenge(), self.clock() + CHALLENGE_LIFETIME
        await self.unit_of_work.run(
            lambda r: r.passkeys.challenge(caller.session_id, purpose, challenge, expires_at)
        )
        return self.ceremonies.signing_in(challenge)

    async def _verified(self, caller: Caller, purpose: Purpose, answer: str) -> tuple[Passkey, Verified]:
        await self.limiter.hit(Rates.PASSKEY_NETWORK, caller.network)
        challenge = await self._challenge(caller, purpose)
        claimed = self.ceremonies.named(answer)
        passkey = await self.unit_of_work.run(lambda r: r.passkeys.get(claimed))
        try:
            if passkey is None:
                raise BadPasskey
            return passkey, await self.ceremonies.signed_in(challenge, answer, passkey)
        except BadPasskey:
            await self._record_failure(caller, passkey, _FAILURES[purpose])
            raise

    def _use(self, repositories: Repositories, passkey: Passkey, verified: Verified) -> None:
        now_stored = repositories.passkeys.get(passkey.id)
        if now_stored is None or now_stored.count != passkey.count:
            raise BadPasskey
        repositories.passkeys.use(passkey.id, verified.count, self.clock())

    async def _challenge(self, caller: Caller, purpose: Purpose) -> str:
        taken = await self.unit_of_work.run(
            lambda r: r.passkeys.take(caller.session_id, purpose, self.clock())
        )
        if taken is None:
            raise BadPasskey
        return taken

    async def _record_failure(self, caller: Caller, passkey: Passkey | None, event: SecurityEvent) -> None:
        def write(repositories: Repositories) -> AccountNews | None:
            user_id = passkey.user_id if passkey else None
            record(repositories, self.clock(), event, user_id, caller, detail="passkey")
            return news(repositories, event, user_id, caller, "passkey")

        with suppress(RateLimited):
            await self.limiter.hit(Rates.SECURITY_LINES, "all")
            told = await self.unit_of_work.run(write)
            if told is not None:
                await self.bus.publish(told)


def _refuse_more_than_allowed(known: list[Passkey]) -> None:
    if len(known) >= MOST_PASSKEYS:
        raise InvalidValue("passkey", f"An account has at most {MOST_PASSKEYS} passkeys. Remove one first.")
