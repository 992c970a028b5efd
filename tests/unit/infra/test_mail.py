"""Letters by SMTP: what goes over the wire, what a server may do, and what never gets there."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.app.ports.mail import Letter
from portfolio_app.domain.account.user import Email
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.infra import mail
from portfolio_app.infra.findings import Verdict
from portfolio_app.infra.mail import (
    ConsoleMail,
    SmtpMail,
    SmtpServer,
    Undeliverable,
    address_of,
    examine_mail,
    posting,
)
from tests.fakes.smtp import SILENT, SmtpFake, smtp_fake
from tests.waiting import until

LETTER = Letter(Email("ann@example.org"), "A letter", "Hello, Jürgen.\n.\nA line with a dot before.\n")
SOON = (0.001, 0.001)
ODD = st.text('abé.-_+%!,<>@:;"()[]\\\r\n\0 \u202e\u200b\uff0eß', max_size=20)


def server_of(fake: SmtpFake, **changes: object) -> SmtpServer:
    given: dict[str, object] = {"user": "", "password": "", "tls": False, "starttls": False} | changes
    return SmtpServer("127.0.0.1", fake.port, **given)  # type: ignore[arg-type]  # as each test names them


@asynccontextmanager
async def sending(fake: SmtpFake, **changes: object) -> AsyncIterator[SmtpMail]:
    async with (
        smtp_fake(fake),
        posting(SmtpMail(server_of(fake, **changes), "site@example.net", SOON)) as sender,
    ):
        yield sender


async def test_a_letter_arrives_as_it_was_written() -> None:
    fake = SmtpFake()
    async with sending(fake) as sender:
        sender.send(LETTER)
        await until(lambda: sender.counts["sent"] == 1)
    [message] = fake.messages
    assert (message["From"], message["To"], message["Subject"]) == (
        "site@example.net",
        "ann@example.org",
        "A letter",
    )
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.net>")
    assert {"MAIL FROM:<site@example.net>", "RCPT TO:<ann@example.org>"} <= {
        command.partition(" BODY")[0].partition(" SIZE")[0] for command in fake.commands
    }
    assert message.get_content().replace("\r\n", "\n") == LETTER.text


@pytest.mark.parametrize(
    "address",
    [
        "a,b@example.org",
        "foo<victim@example.org",
        "foo<victim@example.org>",
        '"a b"@example.org',
        "ann@example.org>",
        "ann@example.org,bob",
        "ann@[127.0.0.1]",
        "route:ann@example.org",
        "victim%example.net@example.org",
        "example.net!victim@example.org",
        "ann..b@example.org",
        "ann@example..org",
        "ann@x_y.org",
        "ann@example.org\r\nDATA",
        "ann\r\nRCPT TO:<victim@example.net>@example.org",
        "ann\n@example.org",
        "a" * 65 + "@example.org",
        "ann@" + "a" * 64 + ".org",
        "ann@\u202eexample.org",
        "ann@exam\u200bple.org",
        "ann@ex\uff0eample.org",
        "ann@example.org SIZE=1",
        "ann",
        "@",
        "",
    ],
)
def test_what_a_server_could_read_as_something_else_is_no_address(address: str) -> None:
    with pytest.raises(Undeliverable):
        address_of(address)


def test_the_host_of_an_address_is_never_turned_into_another_one() -> None:
    assert address_of("ann@faß.example").addr_spec == "ann@xn--fa-hia.example", "which is not fass.example"
    assert address_of("o'brien+x@exämple.org").addr_spec == "o'brien+x@xn--exmple-cua.org"


@given(ODD, ODD)
def test_no_account_has_an_address_that_gets_a_second_line_or_recipient(local: str, host: str) -> None:
    try:
        address = address_of(str(Email.parse(f"{local}@{host}.org")))
    except (InvalidValue, Undeliverable):
        return
    spec = address.addr_spec
    assert not set(spec) & set('\r\n\0 <>,;:"()[]\\%!')
    assert spec.count("@") == 1
    assert address.domain.isascii()


@pytest.mark.parametrize("subject", ["A\r\nBcc: victim@example.net", "A\nB", "A\rB"])
async def test_a_header_has_one_line(subject: str, caplog: pytest.LogCaptureFixture) -> None:
    fake = SmtpFake()
    async with sending(fake) as sender:
        sender.send(Letter(LETTER.to, subject, "x"))
        await until(lambda: sender.counts["lost"] == 1)
        sender.send(LETTER)
        await until(lambda: sender.counts["sent"] == 1)
    assert len(fake.raw) == 1
    assert b"victim" not in fake.raw[0]
    assert "victim" not in caplog.text


async def test_a_name_of_other_letters_travels_where_the_server_can_take_it() -> None:
    fake, poor = SmtpFake(), SmtpFake(offers=())
    letter = Letter(Email("jürgen@exämple.org"), "Grüße", "x")
    async with sending(fake) as sender:
        sender.send(letter)
        await until(lambda: sender.counts["sent"] == 1)
    assert any("RCPT TO:<jürgen@xn--exmple-cua.org>" in command for command in fake.commands)
    async with sending(poor) as sender:
        sender.send(letter)
        sender.send(LETTER)
        await until(lambda: sender.counts["sent"] == 1)
        assert sender.counts["lost"] == 1, "at once: the server will not learn it"
    assert fake.messages[0]["Subject"] == "Grüße"


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"RCPT": "550 no such user ann@example.org"}, {"lost": 1, "deferred": 0}),
        ({"RCPT": "450 come back later"}, {"lost": 1, "deferred": 2}),
        ({"MAIL": "553 not you"}, {"lost": 1, "deferred": 0}),
        ({"DATA": "451 later"}, {"lost": 1, "deferred": 2}),
        ({"SENT": "554 this is spam"}, {"lost": 1, "deferred": 0}),
        ({"GREETING": "421 too busy"}, {"lost": 1, "deferred": 2}),
        ({"GREETING": "x" * 100_000}, {"lost": 1, "deferred": 2}),
        ({"EHLO": "250-a\r\nnonsense"}, {"lost": 1, "deferred": 2}),
        ({"QUIT": "500 what"}, {"sent": 1, "lost": 0, "deferred": 0}),
    ],
)
async def test_a_letter_is_tried_again_where_that_can_help_and_given_up_in_the_end(
    answers: dict[str, str], outcome: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    async with sending(SmtpFake(answers)) as sender:
        sender.send(LETTER)
        await until(lambda: sender.counts["lost"] + sender.counts["sent"] == 1)
        assert {name: sender.counts[name] for name in outcome} == outcome
        assert sender.waiting == 0
    assert "ann@example.org" not in caplog.text
    assert "such user" not in caplog.text


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "MAIL", "DATA", "SENT"])
async def test_a_server_that_says_nothing_holds_the_next_letter_up_for_a_bounded_time(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_S", 0.2)
    fake = SmtpFake({step: SILENT})
    async with sending(fake) as sender:
        sender.send(LETTER)
        await until(lambda: sender.counts["deferred"] == 1)
        fake.answers = {}
        await until(lambda: sender.counts["sent"] == 1)


async def test_letters_that_nobody_takes_are_no_more_than_so_many(caplog: pytest.LogCaptureFixture) -> None:
    sender = SmtpMail(SmtpServer("127.0.0.1", 1, "", "", tls=False, starttls=False), "site@example.net")
    for _ in range(mail.MOST_WAITING + 5):
        sender.send(LETTER)
    assert (sender.waiting, sender.counts["lost"]) == (mail.MOST_WAITING, 5)
    assert "too many wait; 5 lost" in caplog.text


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server of 127.0.0.1 shows, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    shows = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shows.load_cert_chain(pem, secret)
    trusts = ssl.create_default_context(cafile=str(pem))
    trusts.check_hostname = False  # the address is no name; who signed it is what counts here
    return shows, trusts


async def test_user_and_password_go_over_tls_to_a_server_that_shows_a_good_certificate(
    tmp_path: Path,
) -> None:
    shows, trusts = certificate(tmp_path)
    fake = SmtpFake(offers=("STARTTLS", "AUTH PLAIN"), context=shows)
    async with sending(fake, user="me", password="hunter2", starttls=True, trust=trusts) as sender:
        sender.send(LETTER)
        await until(lambda: sender.counts["sent"] == 1)
    words = [command.partition(" ")[0] for command in fake.commands]
    assert words.index("STARTTLS") < words.index("AUTH") < words.index("MAIL")


@pytest.mark.parametrize("offers", [("STARTTLS", "AUTH PLAIN"), ("AUTH PLAIN",)])
async def test_nothing_is_said_to_a_server_that_shows_none(
    offers: tuple[str, ...], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shows, _ = certificate(tmp_path)
    fake = SmtpFake(offers=offers, context=shows)
    async with sending(fake, user="me", password="hunter2", starttls=True) as sender:
        sender.send(LETTER)
        await until(lambda: sender.counts["lost"] + sender.counts["sent"] == 1)
    assert {command.partition(" ")[0] for command in fake.commands} <= {"EHLO", "STARTTLS", "QUIT"}
    assert "hunter2" not in caplog.text + repr(server_of(fake, password="hunter2"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, "", "", False, True)),
        ("smtps://me:p%40ss%2F@mail.example.org", ("mail.example.org", 465, "me", "p@ss/", True, False)),
        ("smtp://localhost", ("localhost", 25, "", "", False, False)),
        ("smtp://127.0.0.1:1025", ("127.0.0.1", 1025, "", "", False, False)),
    ],
)
def test_only_this_machine_is_spoken_to_without_tls(url: str, expected: tuple[object, ...]) -> None:
    server = SmtpServer.parse(url)
    assert (server.host, server.port, server.user, server.password, server.tls, server.starttls) == expected


async def test_the_doctor_says_whether_the_server_can_be_used_and_sends_nothing() -> None:
    async with smtp_fake(SmtpFake()) as fake:
        found = await asyncio.to_thread(examine_mail, server_of(fake, user="me", password="hunter2"))
        assert (found.verdict, found.subject) == (Verdict.OK, "mail")
        assert "takes the password" in found.words
        fake.answers = {"AUTH": "535 no, hunter2"}
        found = await asyncio.to_thread(examine_mail, server_of(fake, user="me", password="hunter2"))
    assert found.verdict is Verdict.WRONG
    assert "SMTPAuthenticationError 535" in found.words
    assert "hunter2" not in found.words
    assert not fake.raw
    found = await asyncio.to_thread(examine_mail, server_of(fake))
    assert found.verdict is Verdict.WRONG, "nobody listens there any more"


def test_in_development_a_letter_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleMail().send(LETTER)
    assert "ann@example.org: A letter" in capsys.readouterr().out
