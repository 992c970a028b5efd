"""A mail server of one test, which takes letters or answers with whatever the test says, and what sends it one."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from portfolio_app.app.ports.mail import Letter
from portfolio_app.domain.account.user import Email
from portfolio_app.infra.mail import SmtpMail, SmtpServer, posting

SILENT = ""
LETTER = Letter(Email("ann@example.org"), "A letter", "Hello, Jürgen.\n.\nA line with a dot before.\n")
SOON = (0.001, 0.001)


@dataclass
class SmtpFake:
    """`answers` replaces what a command is answered, by its first word; `SILENT` answers nothing, ever."""

    answers: Mapping[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ("8BITMIME", "SMTPUTF8", "AUTH PLAIN")
    context: ssl.SSLContext | None = None
    port: int = 0
    commands: list[str] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    connections: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._answer(writer, "GREETING", "220 here")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            self.commands.append(line)
            word = line.partition(" ")[0].upper()
            usual = "250 fine"
            if word == "EHLO":
                usual = "\r\n".join([*(f"250-{each}" for each in ("here", *self.offers)), "250 HELP"])
            elif word in ("DATA", "STARTTLS", "AUTH", "QUIT"):
                usual = {"DATA": "354 go on", "STARTTLS": "220 go on", "AUTH": "235 in", "QUIT": "221 bye"}[
                    word
                ]
            if not await self._answer(writer, word, usual) or word == "QUIT":
                break
            if word == "DATA" and self.answers.get(word, usual).startswith("354"):
                self.raw.append((await reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n."))
                self.messages.append(message_from_bytes(self.raw[-1], policy=policy.default))  # type: ignore[arg-type]  # of this policy
                await self._answer(writer, "SENT", "250 taken")
            if word == "STARTTLS" and self.context is not None:
                await writer.start_tls(self.context)

    async def _answer(self, writer: asyncio.StreamWriter, word: str, usual: str) -> bool:
        said = self.answers.get(word, usual)
        if said:
            writer.write(f"{said}\r\n".encode())
            await writer.drain()
        elif word in self.answers:
            await asyncio.Event().wait()
        return bool(said)


@asynccontextmanager
async def smtp_fake(fake: SmtpFake) -> AsyncIterator[SmtpFake]:
    """Serve on a free port of this machine."""
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
        for task in fake.connections:
            task.cancel()
        await asyncio.gather(*fake.connections, return_exceptions=True)


def server_of(fake: SmtpFake, **changes: object) -> SmtpServer:
    """The address of a server of one test, as the settings name it."""
    given: dict[str, object] = {"user": "", "password": "", "tls": False, "starttls": False} | changes
    return SmtpServer("127.0.0.1", fake.port, **given)  # type: ignore[arg-type]  # as each test names them


@asynccontextmanager
async def sending(fake: SmtpFake, **changes: object) -> AsyncIterator[SmtpMail]:
    """What sends letters to that server, tries again at once, and ends with the block."""
    async with (
        smtp_fake(fake),
        posting(SmtpMail(server_of(fake, **changes), "site@example.net", SOON)) as sender,
    ):
        yield sender
