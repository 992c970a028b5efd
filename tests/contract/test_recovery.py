"""Links to a new password on a whole site, and that nobody learns from a try who has an account."""

from pathlib import Path

import pytest

from portfolio_app import bootstrap, maintenance
from portfolio_app.app.account.recover import RecoverCommand
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import BadCredentials, BadRecoveryCode
from portfolio_app.app.services import Services
from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.tracing import request_span
from tests.contract.conftest import laptop_settings
from tests.fakes.samples import caller
from tests.fakes.smtp import SmtpFake, smtp_fake
from tests.waiting import until

VISITOR, ANOTHER = caller("ann"), caller("bob")
PASSWORD = "correct horse battery"


async def test_a_link_that_is_asked_for_is_a_letter_and_a_metric(tmp_path: Path) -> None:
    async with smtp_fake(SmtpFake()) as fake:
        mail = {"SMTP_URL": f"smtp://127.0.0.1:{fake.port}", "MAIL_FROM": "site@example.net"}
        made = laptop_settings(tmp_path, PUBLIC_URL="http://localhost:3000", **mail)
        maintenance.migrate(made)
        async with bootstrap.build(made) as services:
            await services.register(VISITOR, RegisterCommand("ann@example.org", "ann-1", PASSWORD))
            await until(lambda: fake.messages)
            await services.send_reset_link(ANOTHER, "ann@example.org")
            await until(
                lambda: (
                    b'portfolio_letters_total{outcome="sent"' in services.metrics.exposition()
                    and len(fake.messages) == 2
                )
            )
            confirming, message = fake.messages
            assert "http://localhost:3000/details#ann-1." in confirming.get_content()
            code = message.get_content().partition("http://localhost:3000/recover#ann-1.")[2].split()[0]
            command = RecoverCommand("ann-1", code, "seven quiet herons")
            assert await services.recover_account(ANOTHER, command)


async def test_the_live_log_of_who_guesses_shows_the_same_whoever_has_an_account(tmp_path: Path) -> None:
    made = laptop_settings(tmp_path)
    maintenance.migrate(made)

    async def rows_of(services: Services, session_id: str) -> list[str]:
        recent = services.live_feed.recent
        await until(lambda: "a try" in {row.message for row in recent(session_id).rows})
        return [row.message for row in recent(session_id).rows]

    async def seen(services: Services, login: str, *, with_code: bool) -> list[str]:
        session_id = SessionSecret.generate().session_id
        visitor, password = Caller(session_id, VISITOR.network, "request"), "seven quiet herons"
        work = (
            services.recover_account(visitor, RecoverCommand(login, "x" * 24, password))
            if with_code
            else services.sign_in(visitor, SignInCommand(login, password))
        )
        with request_span("a try", session_id, live=True), pytest.raises((BadCredentials, BadRecoveryCode)):
            await work
        for recording in (services.recover_account.recording, services.sign_in.check.recording):
            await recording.done()
        return await rows_of(services, session_id)

    async def registering(services: Services, email: str) -> list[list[str]]:
        """What the newcomer sees of it, and of signing in with the address then."""
        found = []
        name, by = f"new-{len(email)}", VISITOR.network
        for sign_in in (False, True):
            session_id = SessionSecret.generate().session_id
            visitor = Caller(session_id, by, "request")
            with request_span("a try", session_id, live=True):
                await (
                    services.sign_in(visitor, SignInCommand(email, "seven quiet herons"))
                    if sign_in
                    else services.register(visitor, RegisterCommand(email, name, "seven quiet herons"))
                )
            await services.register.letters.aside.done()
            found.append(await rows_of(services, session_id))
        return found

    async with bootstrap.build(made) as services:
        runtime.install(services, bootstrap.http_options(made))
        await services.register(VISITOR, RegisterCommand("ann@example.org", "ann-1", PASSWORD))
        await services.unit_of_work.run(lambda r: r.users.hold_email(1))
        for with_code in (False, True):
            for known, unknown in (("ann-1", "nobody"), ("ann@example.org", "no@body.org")):
                rows = await seen(services, known, with_code=with_code)
                assert rows == await seen(services, unknown, with_code=with_code)
                assert any("FROM users" in row for row in rows), "there is something to see"
        assert await registering(services, "ann@example.org") == await registering(services, "no@body.org")
        runtime.uninstall()


async def test_without_a_mail_server_a_site_offers_no_link_and_development_prints_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = laptop_settings(tmp_path)
    maintenance.migrate(made)
    async with bootstrap.build(made) as services:
        assert not services.send_reset_link.is_offered
        await services.register(VISITOR, RegisterCommand("ann@example.org", "ann-1", PASSWORD))
    async with bootstrap.build(made, replaced=True) as services:
        await services.send_reset_link(VISITOR, "ann-1")
        await services.send_reset_link.letters.aside.done()
    assert "http://localhost:3000/recover#ann-1." in capsys.readouterr().out
