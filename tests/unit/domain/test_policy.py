"""The moderation policy."""

import pytest
from hypothesis import assume, given

from portfolio_app.domain.chat.message import MessageBody, MessageStatus
from portfolio_app.domain.chat.moderation import ModerationPolicy, Reason, Verdict
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.infra.suffixes import is_public_suffix
from tests.unit.domain.strategies import ANY_TEXT

POLICY = ModerationPolicy.with_words(["Darn", "straße"], is_public_suffix)


def reasons(text: str) -> tuple[Reason, ...]:
    return POLICY.judge(MessageBody.parse(text)).reasons


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "OK",
        "NASA",
        "LOL!!! :-)",
        "the end.Then",
        "darning socks",
        "x" * 600,
        "1234567890 1234567890",
        "你好 世界",
        "console.info(x)",
        "asp.net core and socket.io",
        "README.dev",
        "README.md, main.rs and tool.py",
        "node.js and next.js 15.1",
        "the end.It works",
        "ann@home said so",
    ],
)
def test_plain_talk_is_visible_at_once(text: str) -> None:
    assert reasons(text) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://x", Reason.LINK),
        ("see the page at HTTPS://x.y", Reason.LINK),
        ("www.example", Reason.LINK),
        ("evil.ai", Reason.LINK),
        ("EVIL.AI", Reason.LINK),
        ("see evil.sh/x", Reason.LINK),
        ("ftp://x.y", Reason.LINK),
        ("http:\u200b//evil.example", Reason.LINK),
        ("http:\u2065//evil.example", Reason.LINK),
        ("http:/\u034f/evil.example", Reason.LINK),
        ("evil\ufe0f.com/x", Reason.LINK),
        ("ex\u00adample.c\u200bom", Reason.LINK),
        ("ｅｖｉｌ．ａｉ", Reason.LINK),
        ("пример.рф", Reason.LINK),
        ("shop.co.uk", Reason.LINK),
        ("da\u200brn", Reason.WORD),
        *((f"da{unseen}rn", Reason.WORD) for unseen in "\u034f\ufe0f\u180b\u2065\ufffc\U000e0100\U000e0fff"),
        ("buy at example.com!", Reason.LINK),
        ("x" * 601, Reason.LONG),
        ("WHY ARE YOU SHOUTING", Reason.SHOUTING),
        ("ПОЧЕМУ ТЫ КРИЧИШЬ", Reason.SHOUTING),
        ("oh darn", Reason.WORD),
        ("DARN!", Reason.WORD),
        ("STRASSE", Reason.WORD),
    ],
)
def test_what_a_moderator_should_see_first_is_held_with_its_reason(text: str, reason: Reason) -> None:
    assert reasons(text) == (reason,)


def test_every_reason_is_named_in_a_fixed_order() -> None:
    assert reasons("DARN HTTP://EXAMPLE.COM " + "A" * 600) == tuple(Reason)


@given(ANY_TEXT)
def test_every_body_can_be_judged_and_the_answer_does_not_change(raw: str) -> None:
    try:
        body = MessageBody.parse(raw)
    except InvalidValue:
        assume(False)
    assert POLICY.judge(body) == POLICY.judge(body)


def test_a_verdict_without_reasons_is_visible_and_any_other_is_pending() -> None:
    assert Verdict().status is MessageStatus.VISIBLE
    assert Verdict((Reason.LONG,)).status is MessageStatus.PENDING
