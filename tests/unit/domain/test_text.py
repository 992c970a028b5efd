"""Text as it is stored, and moments as sentences name them."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given

from portfolio_app.domain.text import clean_text, full_minute, is_visible
from tests.unit.domain.strategies import ANY_TEXT


@given(ANY_TEXT)
def test_cleaning_is_done_once(raw: str) -> None:
    assert clean_text(clean_text(raw)) == clean_text(raw)


@given(ANY_TEXT)
def test_what_is_left_can_be_stored_and_shown(raw: str) -> None:
    cleaned = clean_text(raw)

    cleaned.encode("utf-8")
    assert cleaned == cleaned.rstrip()
    assert cleaned.partition("\n")[0].strip() or not cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert {ch for ch in cleaned if unicodedata.category(ch) == "Cc"} <= {"\n", "\t"}


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "zażółć gęślą jaźń",
        "مرحبا بالعالم",
        "你好",
        "👩‍👩‍👧‍👦 family",
        "🏳️‍🌈",
        "ক্ষ",
        "a\tb\nc",
        "<b>&amp;</b>",
        "نیم‌فاصله",
    ],
)
def test_every_script_and_emoji_stays_intact(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("\u202eevil\u2066", "evil"),
        ("\ud800x\udfff", "x"),
        ("e\u0301", "\u00e9"),
        (" \n\t hi \u00a0", "hi"),
        ("a" + "\n" * 598 + "b", "a\n\n\nb"),
        ("a\n \n\t\n \n\nb", "a\n\n\nb"),
        ("a\n\n\nb", "a\n\n\nb"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("\n    if x:\n        y()\n", "    if x:\n        y()"),
    ],
)
def test_what_can_do_harm_is_taken_out(raw: str, cleaned: str) -> None:
    assert clean_text(raw) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "\u200b",
            "\u2800",
            "\u3164",
            "\u00ad",
            "\ufe0f",
            "\u200e",
            "\u0301",
            "\u200d\u2060 \u115f",
        ),
        *("\u2065", "\ufff0\ufff8", "\ufffc", "\U000e0000", "\U000e0080", "\U000e0fff"),
    ],
)
def test_what_draws_nothing_is_invisible(text: str) -> None:
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["x", ".", "👩‍👩‍👧‍👦", "نیم‌فاصله", "e\u0301", "한", "\u200bx"])
def test_what_a_reader_sees_is_visible(text: str) -> None:
    assert is_visible(text)


def test_a_sentence_names_the_full_minute_from_which_on_it_is_over() -> None:
    at = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert full_minute(at) == "2026-12-31 23:59 UTC"
    assert full_minute(at + timedelta(microseconds=1)) == "2027-01-01 00:00 UTC"
    assert full_minute(at.astimezone(timezone(timedelta(hours=5, minutes=30)))) == "2026-12-31 23:59 UTC"
