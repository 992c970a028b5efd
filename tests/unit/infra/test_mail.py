"""Letters by SMTP: what goes over the wire, what a server may do, and what never gets there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.app.ports.mail import Letter
from portfolio_app.domain.account.user import Email
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.infra import mail
from portfolio_app.infra.mail import ConsoleMail, SmtpMail, SmtpServer, Undeliverable, address_of
from tests.fakes.smtp import LETTER, SILENT, SmtpFake, sending
from tests.waiting import until

ODD = st.text('abé.-_+%!,<>@:;"()[]\\\r\n\0 \u202e\u200b\uff0eß', max_size=20)


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


def test_in_development_a_letter_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleMail().send(LETTER)
    assert "ann@example.org: A letter" in capsys.readouterr().out
