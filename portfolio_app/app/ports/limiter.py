"""How often something may be done."""

from dataclasses import dataclass
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `times` attempts in a moving window of `seconds`; `name` says at what."""

    name: str
    times: int
    seconds: int


class Rates:
    """The rates of the site's own features."""

    POST_SESSION: Final = Rate("post.session", 5, 10)
    POST_NETWORK: Final = Rate("post.network", 60, 10)
    REACT_SESSION: Final = Rate("react.session", 20, 10)
    REACT_NETWORK: Final = Rate("react.network", 120, 10)
    TYPING_SESSION: Final = Rate("typing.session", 20, 10)
    SEARCH_SESSION: Final = Rate("search.session", 20, 60)
    ERASE_SESSION: Final = Rate("erase.session", 5, 60)
    EXPORT_SESSION: Final = Rate("export.session", 5, 60)
    EXPORT_ACCOUNT: Final = Rate("export.account", 5, 60)
    SECURITY_LINES: Final = Rate("security.lines", 300, 60)
    """Lines of failed tries that all networks together leave: guesses may come from thousands."""
    WITHDRAW_SESSION: Final = Rate("withdraw.session", 20, 60)
    REPORT_SESSION: Final = Rate("report.session", 10, 600)
    REPORT_NETWORK: Final = Rate("report.network", 60, 600)
    SIGN_IN_NETWORK: Final = Rate("sign_in.network", 30, 60)
    """Wrong passwords of one network, whatever the account."""
    SIGN_IN_GUESSES: Final = (
        Rate("sign_in.guesses", 3, 10),
        Rate("sign_in.guesses", 5, 60),
        Rate("sign_in.guesses", 10, 900),
        Rate("sign_in.guesses", 30, 86_400),
    )
    """Wrong passwords of one network for one name or address: each wait is longer than the one before."""
    SIGN_IN_UNCONFIRMED: Final = Rate("sign_in.unconfirmed", 20, 900)
    """Sign-ins of one network by an address that the account has and does not hold."""
    SESSION_NETWORK: Final = Rate("session.network", 60, 600)
    """Sessions that begin: sign-ins and sign-outs. Each stores two rows and a line of the audit trail."""
    PASSKEY_NETWORK: Final = Rate("passkey.network", 60, 60)
    """Challenges and answers: each costs a row or the check of a signature."""
    REGISTER_NETWORK: Final = Rate("register.network", 20, 600)
    JUDGE_SESSION: Final = Rate("judge.session", 20, 60)
    """Passwords that are judged while they are typed: each costs some milliseconds of a processor."""
    RESET_NETWORK: Final = Rate("reset.network", 10, 600)
    """Links that one network asks for, to whatever account."""
    MAIL_LINKS: Final = Rate("mail.links", 3, 3600)
    MAIL_CLAIMED: Final = Rate("mail.claimed", 1, 86_400)
    MAIL_CONFIRM: Final = Rate("mail.confirm", 5, 86_400)
    MAIL_UNCONFIRMED: Final = Rate("mail.unconfirmed", 10, 86_400)
    MAIL_SIGN_INS: Final = Rate("mail.sign_ins", 20, 86_400)
    MAIL_MOVED: Final = Rate("mail.moved", 5, 86_400)
    """Letters to one account, or to an address that no account holds: strangers can't fill a mailbox."""
    MAIL_ALL: Final = Rate("mail.all", 60, 60)
    """Letters of the whole site: it is of no use to somebody who sends to many."""
    BURST_NETWORK: Final = Rate("burst.network", 20, 60)
    BURST_HOUR: Final = Rate("burst.hour", 120, 3600)
    """Runs of one network in an hour: it must not push the records of others out of the list, which keeps 500."""
    ATTACK_SESSION: Final = Rate("attack.session", 20, 60)
    ATTACK_NETWORK: Final = Rate("attack.network", 60, 60)
    ATTACK_ALL: Final = Rate("attack.all", 300, 60)


@dataclass(frozen=True, slots=True)
class Allowance:
    """The rest of a limit: `remaining` of `limit` attempts, in a window of `seconds`."""

    limit: int
    remaining: int
    seconds: int


class RateLimiter(Protocol):
    """Counts attempts in a moving window."""

    async def hit(self, rate: Rate, key: str) -> None:
        """Count one attempt for `key`; `RateLimited` when it is one too many (which is not counted)."""
        ...

    async def check(self, rate: Rate, key: str) -> None:
        """`RateLimited` where a `hit` would be one too many; counts nothing."""
        ...

    async def allowance(self, rate: Rate, key: str) -> Allowance | None:
        """The allowance that `key` has left, without counting; None where nothing is limited."""
        ...
