"""Letters to the address of an account."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from portfolio_app.app.account.passwords import account_of, address_in
from portfolio_app.app.account.record import record
from portfolio_app.app.account.recover import LINK_LIFETIME
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound, Unavailable
from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.language import ENGLISH, Language
from portfolio_app.app.ports.limiter import Rate, RateLimiter, Rates
from portfolio_app.app.ports.mail import Letter, Mail
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.app.repeat import Aside
from portfolio_app.domain.account.recovery import RecoveryCode
from portfolio_app.domain.account.user import User

MOST_AT_ONCE: Final = 100
"""Letters that are being written: each is a look into the database that no request waits for."""
FIRST_SIGN_IN: Final = timedelta(minutes=2)
CONFIRM_WITHIN: Final = timedelta(days=1)
"""How long after its registration an account gets no letter about a sign-in: the first one belongs to it."""


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters, written after the answer, outside its trace: neither time nor live log tells who has an account.

    `site` is the origin that links lead to, whatever host a request named; `language` is the site's, for nobody knows
    the reader's.
    """

    unit_of_work: UnitOfWork
    mail: Mail
    limiter: RateLimiter
    clock: Clock
    site: str
    tells_sign_ins: bool = False
    language: Language = ENGLISH
    aside: Aside = field(default_factory=lambda: Aside("writing a letter"))

    def reset_link(self, caller: Caller, login: str) -> None:
        """Write a reset link to the account that `login` names, if there is one; `Unavailable` over `MOST_AT_ONCE`."""
        if len(self.aside) >= MOST_AT_ONCE:
            raise Unavailable
        self.aside.begin(self._reset_link(caller, login))

    def new_address(self, caller: Caller, user: User) -> None:
        """Have `user` confirm the address that the account has just been given, or its holder hear of it."""
        if len(self.aside) < MOST_AT_ONCE:
            self.aside.begin(self._new_address(caller, user))

    def signed_in(self, user: User, about: str) -> None:
        """Write of a sign-in to the account, where the site does that."""
        is_first = self.clock() - user.created_at < FIRST_SIGN_IN
        if self.tells_sign_ins and self.mail.is_set and not is_first and len(self.aside) < MOST_AT_ONCE:
            self.aside.begin(self._signed_in(user, about))

    def moved(self, user: User) -> None:
        """Write to the address that `user` had that the account has another one now."""
        if self.mail.is_set and len(self.aside) < MOST_AT_ONCE:
            self.aside.begin(self._moved(user))

    async def _reset_link(self, caller: Caller, login: str) -> None:
        user = await self.unit_of_work.run(lambda repositories: _addressee(repositories, login))
        if user is None or user.disabled or user.is_site:
            return
        await self.limiter.hit(Rates.MAIL_LINKS, str(user.id))
        code, now = RecoveryCode.generate(), self.clock()

        def store(repositories: Repositories) -> None:
            # Beside an earlier one: a stranger who asks again must not end the link that its owner has just got.
            repositories.recovery.add_link(user.id, code.code_hash, now + LINK_LIFETIME, keeps_earlier=True)
            # Of an account without a hold the line says the same whether or not its address is another's.
            event = SecurityEvent.RESET_LINK_SENT if user.holds_email else SecurityEvent.RESET_LINK_ASKED
            record(repositories, now, event, user.id, caller)

        await self.unit_of_work.run(store)
        if not await self._may_write(user):
            return
        t = self.language.t
        self._send(
            user,
            t("Set another password at {host}", host=self._host),
            t(
                "Somebody, probably you, asked for a link to the account “{name}” at {site}. It opens the account "
                "once, until {time}:",
                name=user.username,
                site=self.site,
                time=self.language.day_and_time(now + LINK_LIFETIME),
            ),
            f"{self.site}/recover#{user.username}.{code.shown}",
            t(
                "If it was not you, there is nothing to do: without the link nothing changes. Nobody at the site asks "
                "for it."
            ),
        )

    async def _new_address(self, caller: Caller, user: User) -> None:
        def find(repositories: Repositories) -> User | None:
            holder = repositories.users.by_email(user.email)
            if holder is not None and holder.id != user.id:
                record(repositories, self.clock(), SecurityEvent.CLAIMED, holder.id, caller)
            return holder

        holder = await self.unit_of_work.run(find)
        if not self.mail.is_set or (holder is not None and holder.id == user.id):
            return
        await (self._confirming(user) if holder is None else self._claimed(holder))

    async def _claimed(self, holder: User) -> None:
        if holder.disabled or holder.is_site:
            return
        if not await self._may_write(holder, Rates.MAIL_CLAIMED):
            return
        t = self.language.t
        self._send(
            holder,
            t("You have an account at {host}", host=self._host),
            t(
                "Somebody, probably you, gave this address at {site} for another account. Yours is “{name}”, and the "
                "address stays with it.",
                site=self.site,
                name=holder.username,
            ),
            "\n".join(
                (
                    t("Sign in: {link}", link=f"{self.site}/sign-in"),
                    t("Without the password: {link}", link=f"{self.site}/recover"),
                )
            ),
            t("If it was not you, there is nothing to do: nothing of yours was changed."),
        )

    async def _confirming(self, user: User) -> None:
        if not await self._may_write(user, Rates.MAIL_CONFIRM):
            return
        t, code, now = self.language.t, RecoveryCode.generate(), self.clock()
        await self.unit_of_work.run(
            lambda r: r.recovery.add_link(
                user.id, code.confirming_hash, now + CONFIRM_WITHIN, keeps_earlier=True
            )
        )
        self._send(
            user,
            t("Confirm your address at {host}", host=self._host),
            t(
                "The account “{name}” at {site} was given this address. If it is yours, confirm that while you are "
                "signed in, until {time}:",
                name=user.username,
                site=self.site,
                time=self.language.day_and_time(now + CONFIRM_WITHIN),
            ),
            f"{self.site}/details#{user.username}.{code.shown}",
            t("If it is not, there is nothing to do: nobody can confirm it without this letter."),
        )

    async def _signed_in(self, user: User, about: str) -> None:
        if not await self._may_write(user, Rates.MAIL_SIGN_INS):
            return
        t, when = self.language.t, self.language.day_and_time(self.clock())
        self._send(
            user,
            t("New sign-in at {host}", host=self._host),
            t(
                "Your account “{name}” at {site} was signed in to on {time}.",
                name=user.username,
                site=self.site,
                time=f"{when}, {about}" if about else when,
            ),
            t(
                "If it was not you, end that session and change the password: {link}",
                link=f"{self.site}/account",
            ),
        )

    async def _moved(self, user: User) -> None:
        if not await self._may_write(user, Rates.MAIL_MOVED):
            return
        t = self.language.t
        self._send(
            user,
            t("Another address for your account at {host}", host=self._host),
            t(
                "Your account “{name}” at {site} has another address since {time}; this one gets no more letters of "
                "it.",
                name=user.username,
                site=self.site,
                time=self.language.day_and_time(self.clock()),
            ),
            t(
                "If it was not you, sign in with your username, change the password and the address, and end the other "
                "sessions: {link}",
                link=f"{self.site}/account",
            ),
        )

    async def _may_write(self, user: User, own: Rate | None = None) -> bool:
        """Whether letters of the account go to its address: not while another one holds it. `RateLimited`.

        `own` is the rate of a kind of letter, for each account.
        """
        if own is not None:
            await self.limiter.hit(own, str(user.id))
        if not user.holds_email:
            if await self.unit_of_work.run(lambda repositories: repositories.users.by_email(user.email)):
                return False
            await self.limiter.hit(Rates.MAIL_UNCONFIRMED, str(user.email))
        await self.limiter.hit(Rates.MAIL_ALL, "all")
        return True

    def _send(self, user: User, subject: str, *paragraphs: str) -> None:
        self.mail.send(Letter(user.email, subject, "\n\n".join(paragraphs) + "\n"))

    @property
    def _host(self) -> str:
        return urlsplit(self.site).netloc


def _addressee(repositories: Repositories, login: str) -> User | None:
    """The account that has the name or holds the address, else the newest of those that have the address."""
    email = address_in(login)
    user = account_of(repositories, login)
    return user or (repositories.users.newest_with(email) if email else None)


@dataclass(frozen=True, slots=True)
class SendResetLink:
    """A member without the password asks for a link by mail."""

    letters: Letters
    limiter: RateLimiter

    @property
    def is_offered(self) -> bool:
        """Whether this site sends any."""
        return self.letters.mail.is_set

    async def __call__(self, caller: Caller, login: str) -> None:
        """Return at once, whether or not an account is called that; `NotFound` without mail, `RateLimited`."""
        if not self.is_offered:
            raise NotFound("This site sends no mail. Ask whoever runs it for a link.")
        await self.limiter.hit(Rates.RESET_NETWORK, caller.network)
        self.letters.reset_link(caller, login)
