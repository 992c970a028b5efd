"""What is written to the address of an account: to its owner alone, and so that nobody else learns of it."""

import asyncio
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from typing import TypeVar

import pytest

from portfolio_app.app.account import letters
from portfolio_app.app.account.change_password import ChangePasswordCommand
from portfolio_app.app.account.letters import FIRST_SIGN_IN, Letters, SendResetLink
from portfolio_app.app.account.operate import DisableAccount
from portfolio_app.app.account.recover import LINK_LIFETIME, RecoverCommand
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import AlreadyTaken, BadRecoveryCode, NotFound, RateLimited, Unavailable
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.account.user import Email
from portfolio_app.language import SHIPPED, read
from tests.fakes.mail import FakeMail
from tests.fakes.samples import caller
from tests.unit.app.accounts import lines_of
from tests.unit.app.conftest import PASSWORD, Site

T = TypeVar("T")
STRANGER = caller("stranger")
SPAN: ContextVar[str] = ContextVar("span", default="")
ANOTHER = "seven quiet herons"


async def asked(site: Site, login: str, times: int = 1) -> list[str]:
    """The codes of the links that were sent for it."""
    for _ in range(times):
        await site.send_reset_link(STRANGER, login)
    await site.letters.aside.done()
    texts = [letter.text for letter in site.mail.letters]
    return [text.partition("/recover#ann-1.")[2].split()[0] for text in texts]


async def recovered(site: Site, code: str) -> str:
    return await site.recover(STRANGER, RecoverCommand("ann-1", code, ANOTHER))


@pytest.mark.parametrize("login", ["ann-1", " ANN-1", "Ann-1@Example.org", "ann-1@example.org"])
async def test_a_link_goes_to_the_address_of_the_account_and_opens_it_once(site: Site, login: str) -> None:
    await site.member()
    [code] = await asked(site, login)
    [letter] = site.mail.letters
    assert (str(letter.to), letter.subject) == ("ann-1@example.org", "Set another password at site.example")
    assert f"https://site.example/recover#ann-1.{code}" in letter.text.splitlines()
    assert code not in repr(letter), "it would get into a log"
    assert code not in repr(site.store), "only its hash is stored"
    lines = [line.event for line in site.store.security.values()]
    assert lines[-1] is SecurityEvent.RESET_LINK_SENT
    await recovered(site, code)
    with pytest.raises(BadRecoveryCode):
        await recovered(site, code)


async def test_a_link_is_good_for_an_hour(site: Site) -> None:
    await site.member()
    [code] = await asked(site, "ann-1")
    site.clock.advance(seconds=LINK_LIFETIME.total_seconds())
    with pytest.raises(BadRecoveryCode):
        await recovered(site, code)


async def test_where_there_is_no_account_nothing_is_sent_written_or_said(site: Site) -> None:
    await site.member("bob-1")
    await site.member("gone-1")
    await DisableAccount(site.unit_of_work, site.bus, site.clock)("gone-1", disabled=True)
    before = site.store.copy()
    for login in (
        "nobody",
        "no@body.org",
        "@",
        "",
        "gone-1",
        "\x00",
        "a" * 600,
        "bob-1@example.org@example.org",
    ):
        await site.send_reset_link(STRANGER, login)
    await site.letters.aside.done()
    assert (site.mail.letters, site.store) == ([], before)


async def test_asking_waits_for_nothing_that_could_tell_an_account_from_none(site: Site) -> None:
    seen, go_on = [], asyncio.Event()

    class Slow(UnitOfWork):
        async def run(self, work: Callable[[Repositories], T]) -> T:
            seen.append(SPAN.get())
            await go_on.wait()
            return await site.unit_of_work.run(work)

    await site.member()
    slow = Letters(Slow(), site.mail, site.limiter, site.clock, "https://site.example")
    SPAN.set("of the request")
    async with asyncio.timeout(5):
        for login in ("ann-1", "nobody"):
            await SendResetLink(slow, site.limiter)(STRANGER, login)
    assert site.mail.letters == []
    go_on.set()
    await slow.aside.done()
    assert len(site.mail.letters) == 1
    assert set(seen) == {""}, "nor does the live log of the request show what was read"


async def test_a_mailbox_is_not_filled_and_asking_again_reads_the_same(site: Site) -> None:
    await site.member()
    site.limiter.allowed[Rates.MAIL_LINKS] = 3
    codes = await asked(site, "ann-1", times=5)
    assert len(codes) == 3
    await recovered(site, codes[0])
    for code in codes[1:]:
        with pytest.raises(BadRecoveryCode):
            await recovered(site, code)


async def test_a_stranger_who_asks_does_not_end_the_link_that_the_owner_has(site: Site) -> None:
    await site.member()
    code = await site.reset_link("ann-1")
    await asked(site, "ann-1")
    await recovered(site, code.value)


async def test_a_network_asks_so_often_and_the_site_writes_so_much(site: Site) -> None:
    await site.member()
    site.limiter.allowed[Rates.MAIL_ALL] = 1
    await asked(site, "ann-1", times=3)
    assert len(site.mail.letters) == 1
    site.limiter.allowed[Rates.RESET_NETWORK] = 3
    with pytest.raises(RateLimited):
        await site.send_reset_link(STRANGER, "nobody")


async def test_more_than_can_be_written_at_once_is_refused_whoever_has_an_account(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST_AT_ONCE", 1)
    await site.send_reset_link(STRANGER, "nobody")
    with pytest.raises(Unavailable):
        await site.send_reset_link(STRANGER, "nobody")
    await site.letters.aside.done()
    await site.send_reset_link(STRANGER, "nobody")


async def test_without_mail_a_link_is_not_offered_and_nothing_is_written(site: Site) -> None:
    await site.member()
    site.mail.is_set = False
    with pytest.raises(NotFound, match="Ask whoever runs it"):
        await site.send_reset_link(STRANGER, "ann-1")
    assert not site.send_reset_link.is_offered
    await site.register(STRANGER, RegisterCommand("ann-1@example.org", "other", PASSWORD))
    await site.register(STRANGER, RegisterCommand("new@example.org", "another", PASSWORD))
    await site.letters.aside.done()
    assert site.mail.letters == []
    assert [line.event for line in lines_of(site, 1)][-1] is SecurityEvent.CLAIMED


async def test_a_database_that_is_away_costs_the_letter_and_no_answer(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    class Away(UnitOfWork):
        async def run(self, work: Callable[[Repositories], T]) -> T:
            raise Unavailable

    away = Letters(Away(), site.mail, site.limiter, site.clock, "https://site.example")
    await SendResetLink(away, site.limiter)(STRANGER, "ann-1")
    await away.aside.done()
    assert "writing a letter failed: Unavailable" in caplog.text


async def test_whoever_registers_with_a_known_address_reads_nothing_and_its_owner_a_letter(
    site: Site,
) -> None:
    await site.member()
    site.limiter.allowed[Rates.MAIL_CLAIMED] = 1
    for name in ("other-1", "other-2"):
        await site.register(STRANGER, RegisterCommand("Ann-1@example.org", name, PASSWORD))
    with pytest.raises(AlreadyTaken):
        await site.register(STRANGER, RegisterCommand("new@example.org", "ann-1", PASSWORD))
    await site.letters.aside.done()
    [letter] = site.mail.letters
    assert str(letter.to) == "ann-1@example.org"
    assert "“ann-1”" in letter.text
    assert "other-" not in letter.text, "nothing that a stranger typed"


async def signed_in(site: Site, device: str = "Firefox on Linux") -> Caller:
    visitor = caller("new browser")
    secret = (
        await site.redeem(visitor, await site.sign_in(visitor, SignInCommand("ann-1", PASSWORD)), device)
    ).secret
    await site.letters.aside.done()
    return Caller(secret.session_id, visitor.network, "next")


async def test_a_sign_in_is_a_letter_where_the_site_writes_them(site: Site) -> None:
    await site.member()
    await site.letters.aside.done()
    assert site.mail.letters == [], "not the one that comes with registering"
    site.clock.advance(seconds=FIRST_SIGN_IN.total_seconds())
    member = await signed_in(site)
    [letter] = site.mail.letters
    assert letter.subject == "New sign-in at site.example"
    assert "Firefox on Linux, 203.0.113.0/24" in letter.text
    changed = await site.change_password(member, ChangePasswordCommand(PASSWORD, ANOTHER))
    await site.redeem(member, changed)
    await site.letters.aside.done()
    assert len(site.mail.letters) == 1, "a rotation is no sign-in"


async def test_a_sign_in_is_no_letter_unless_wanted(site: Site) -> None:
    mail = FakeMail()
    quiet = Letters(site.unit_of_work, mail, site.limiter, site.clock, "https://site.example")
    await site.member()
    user = site.store.users[1]
    site.clock.advance(days=1)
    quiet.signed_in(user, "Firefox")
    await quiet.aside.done()
    assert mail.letters == []


async def test_the_address_that_an_account_had_hears_of_another_one_and_its_links_end(site: Site) -> None:
    member = await site.member()
    [code] = await asked(site, "ann-1")
    await site.change_email(member, "thief@example.org")
    await site.letters.aside.done()
    letter, confirming = site.mail.letters[-2:]
    assert (str(letter.to), letter.subject) == (
        "ann-1@example.org", "Another address for your account at site.example",
    )  # fmt: skip
    assert "thief" not in letter.text
    assert (str(confirming.to), confirming.subject) == (
        "thief@example.org", "Confirm your address at site.example",
    )  # fmt: skip
    with pytest.raises(BadRecoveryCode):
        await recovered(site, code)


async def test_letters_are_in_the_language_of_the_site(site: Site) -> None:
    await site.member()
    [user] = site.store.users.values()
    german = replace(site.letters, language=read(SHIPPED / "de.toml"), tells_sign_ins=True)
    site.clock.advance(days=1)
    german.reset_link(STRANGER, "ann-1")
    another = replace(user, id=2, email=Email("another@example.org"), holds_email=False)
    for each in (replace(another, email=user.email), another):  # the one is held: a note to its holder
        german.new_address(STRANGER, each)
    german.moved(user)
    german.signed_in(user, "Firefox, Linux")
    await german.aside.done()
    letters_ = site.mail.letters
    assert len(letters_) == 5
    english = re.compile(r"\b(the|your?|at|it|another|sign|account|nothing|of|on)\b", re.IGNORECASE)
    assert [
        each for each in letters_ if english.search(re.sub(r"https?://\S+", "", each.subject + each.text))
    ] == []
    dated = [
        each for each in letters_ if re.search(r" \d{1,2}\. [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC", each.text)
    ]
    assert len(dated) == 4
