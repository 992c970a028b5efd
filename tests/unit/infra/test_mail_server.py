"""How a mail server is spoken to: over TLS, to one that shows a good certificate, and by the doctor."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portfolio_app.infra.findings import Verdict
from portfolio_app.infra.mail import SmtpServer, examine_mail
from tests.fakes.smtp import LETTER, SmtpFake, sending, server_of, smtp_fake
from tests.waiting import until


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
