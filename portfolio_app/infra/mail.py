"""Letters by SMTP: sent one after the other, beside the work of the site, tried again and given up in the end."""

import asyncio
import logging
import re
import ssl
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formatdate, make_msgid
from typing import Final
from urllib.parse import unquote, urlsplit

import idna
from aiosmtplib import SMTP, SMTPException, SMTPNotSupported, SMTPRecipientsRefused, SMTPResponseException

from portfolio_app.app.ports.mail import Letter, Mail
from portfolio_app.app.repeat import in_background
from portfolio_app.infra.findings import Finding, ok, wrong

_log = logging.getLogger(__name__)

MOST_WAITING: Final = 200
TIMEOUT_S: Final = 20.0
"""Seconds for one letter in all: a server that answers a letter at a time holds nobody up for longer."""
_TRIES_AGAIN_AFTER_S: Final = (10.0, 60.0, 600.0)
"""Long enough for a server that makes unknown senders wait; a link is good for an hour."""
_ATOM: Final = r"[\w#$&'*+/=?^`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_HOST: Final = re.compile(r"[^.\u3002\uff0e\uff61]+(?:\.[^.\u3002\uff0e\uff61]+)+")
"""IDNA takes four signs for a dot, this site one."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_LOCAL: Final = 64


class Undeliverable(ValueError):
    """An address that no server can be given: it would be read as something else there."""


def address_of(text: str) -> Address:
    """The address as it travels, with its host in ASCII; `Undeliverable` unless it is one plain address.

    An account may have any text around an `@` for an address. Quotes, brackets, commas, and hosts that a mapping would
    turn into other hosts get no letter.
    """
    local, _, host = text.rpartition("@")
    try:
        if len(local.encode()) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local) or not _HOST.fullmatch(host):
            raise Undeliverable
        return Address(username=local, domain=idna.encode(host).decode("ascii"))
    except (idna.IDNAError, UnicodeError, ValueError):
        raise Undeliverable from None


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The server that letters go to. Without TLS only on this machine; elsewhere its certificate is checked first."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool
    starttls: bool
    trust: ssl.SSLContext | None = field(default=None, repr=False)
    """Which certificates are good, if not those that the system trusts."""

    @classmethod
    def parse(cls, url: str) -> "SmtpServer":
        """`smtps://user:password@host:465`, or `smtp://` with STARTTLS on 587; checked by the settings."""
        parts = urlsplit(url)
        is_local = parts.hostname in _LOOPBACK
        tls = parts.scheme == "smtps"
        port = parts.port or (465 if tls else 25 if is_local else 587)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname or "", port, user, password, tls, starttls=not tls and not is_local)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[SMTP]:
        """A connection, signed in to; dropped after use."""
        client = SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user or None,
            password=self.password or None,
            use_tls=self.tls,
            start_tls=self.starttls,
            tls_context=self.trust or ssl.create_default_context() if self.tls or self.starttls else None,
            timeout=TIMEOUT_S,
        )
        try:
            await client.connect()
            yield client
            with suppress(SMTPException, OSError, TimeoutError):  # what was sent is sent
                await client.quit()
        finally:
            client.close()


@dataclass(frozen=True, slots=True)
class _Attempt:
    letter: Letter
    number: int = 0


class SmtpMail(Mail):
    """Implements `Mail` with a bounded queue: sending a letter returns at once, a task delivers it."""

    is_set = True

    def __init__(
        self, server: SmtpServer, sender: str, again_after_s: Sequence[float] = _TRIES_AGAIN_AFTER_S
    ) -> None:
        self._server = server
        self._sender = address_of(sender)
        self._again_after_s = again_after_s
        self._queue: asyncio.Queue[_Attempt] = asyncio.Queue()
        self._later: set[asyncio.TimerHandle] = set()
        self._counts = {"sent": 0, "deferred": 0, "lost": 0}

    @property
    def counts(self) -> Mapping[str, float]:
        """Letters sent, attempts that were put off, and letters that were dropped or given up."""
        return self._counts

    @property
    def waiting(self) -> int:
        """Letters that are not sent yet."""
        return self._queue.qsize() + len(self._later)

    def send(self, letter: Letter) -> None:
        """Queue it; one too many is dropped."""
        if self.waiting >= MOST_WAITING:
            self._lose("too many wait")
        else:
            self._queue.put_nowait(_Attempt(letter))

    async def run(self) -> None:
        """Send what is queued, until cancelled."""
        try:
            while True:
                attempt = await self._queue.get()
                try:
                    await self._deliver(attempt)
                except Exception as error:  # it would be the last letter
                    self._lose(type(error).__name__)
        finally:
            for timer in self._later:
                timer.cancel()

    async def _deliver(self, attempt: _Attempt) -> None:
        try:
            message, to = self._written(attempt.letter), address_of(str(attempt.letter.to)).addr_spec
            async with asyncio.timeout(TIMEOUT_S), self._server.connected() as client:
                await client.send_message(message, sender=self._sender.addr_spec, recipients=[to])
            self._counts["sent"] += 1
        except (Undeliverable, SMTPException, OSError, TimeoutError) as error:
            if _is_final(error) or attempt.number == len(self._again_after_s):
                self._lose(_named(error))
            else:
                self._defer(attempt, _named(error))

    def _written(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(WIRE)
        message["From"] = self._sender
        message["To"] = address_of(str(letter.to))
        message["Subject"] = letter.subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain=self._sender.domain)
        message["Auto-Submitted"] = "auto-generated"  # so that nobody's absence is answered to it
        message.set_content(letter.text)
        return message

    def _defer(self, attempt: _Attempt, why: str) -> None:
        self._counts["deferred"] += 1
        wait_s = self._again_after_s[attempt.number]
        _log.warning("a letter was not taken, next try in %d s: %s", wait_s, why)

        def again() -> None:
            self._later.discard(timer)
            self._queue.put_nowait(_Attempt(attempt.letter, attempt.number + 1))

        timer = asyncio.get_running_loop().call_later(wait_s, again)
        self._later.add(timer)

    def _lose(self, why: str) -> None:
        self._counts["lost"] += 1
        _log.warning("a letter was not sent: %s; %d lost since the start", why, self._counts["lost"])


class ConsoleMail(Mail):
    """Implements `Mail` for development: prints letters, past the log, which takes out what is secret."""

    is_set = True

    def send(self, letter: Letter) -> None:
        """Print it."""
        sys.stdout.write(f"A letter to {letter.to}: {letter.subject}\n\n{letter.text}\n")
        sys.stdout.flush()


class NoMail(Mail):
    """Implements `Mail` where none is set: letters go nowhere."""

    is_set = False

    def send(self, letter: Letter) -> None:
        """Drop it."""


@asynccontextmanager
async def posting(mail: SmtpMail) -> AsyncIterator[SmtpMail]:
    """Send letters while the block runs; what waits at the end is not sent any more."""
    async with in_background(mail.run()):
        yield mail


def examine_mail(server: SmtpServer) -> Finding:
    """Whether the server answers, shows a good certificate and takes user and password. Sends nothing."""

    async def ask() -> None:
        async with asyncio.timeout(TIMEOUT_S), server.connected():
            pass

    where = f"{server.host}:{server.port}"
    try:
        asyncio.run(ask())
    except (
        SMTPException,
        OSError,
        TimeoutError,
        ValueError,
    ) as error:  # the last: no name that a host can have
        return wrong("mail", f"{where} can't be used: {_named(error)}")
    how = "with TLS" if server.tls or server.starttls else "without TLS, on this machine"
    return ok("mail", f"{where} answers {how}{', takes the password' if server.user else ''}")


def _is_final(error: Exception) -> bool:
    """Whether trying again is of no use."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(each.code >= 500 for each in error.recipients)
    if isinstance(error, SMTPResponseException):
        return error.code >= 500
    return isinstance(error, (Undeliverable, SMTPNotSupported))


def _named(error: Exception) -> str:
    """Kind and number alone: what a server says may hold the address, or whatever it likes."""
    refused = error.recipients[0] if isinstance(error, SMTPRecipientsRefused) and error.recipients else error
    code = refused.code if isinstance(refused, SMTPResponseException) else ""
    return f"{type(error).__name__} {code}".strip()
