"""Words of a text as searches compare them, and where a result shows them."""

import pytest

from portfolio_app.domain.chat.search import SearchQuery
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.domain.spelling import fold, terms_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("see socket.io, really", ["see", "socket", "io", "really"]),
        ("iPhone手机v2", ["iPhone", "手机", "v2"]),
        ("❤\ufe0f👩\u200d👧 ok", ["❤\ufe0f👩\u200d👧", "ok"]),
        ("۱می\u200cخواهم", ["۱می", "خواهم"]),
        ("→ ‰ ฿ \ufe0f\u200d", []),
        ("1\ufe0f\u20e3", ["1\ufe0f\u20e3"]),
    ],
)
def test_words_end_where_the_script_changes_and_at_signs(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("word", "terms"),
    [
        ("word", "word"), ("世", "世"), ("世界", "世界"), ("你好世", "你好 好 好世"), ("的的", "的的"),
        ("🎉", "u1f389"), ("世界🎉", "世界 界 u1f389"), ("🎉🎉", "u1f389 u1f389"), ("Straße", "Strasse"),
        ("\u0307", ""),
    ],
)  # fmt: skip
def test_a_run_is_looked_for_by_its_pairs(word: str, terms: str) -> None:
    assert terms_of(word) == terms


def test_folding_is_done_once() -> None:
    for each in map(chr, range(0x110000)):
        assert fold(fold(each)) == fold(each), each


@pytest.mark.parametrize(
    ("query", "text", "place"),
    [
        ("strasse", "ßß in der Straße", 10), ("STRAẞE", "ßß in der Straße", 10), ("istanbul", "nach İstanbul", 5),
        ("İSTANBUL", "nach i\u0307stanbul", 5), ("世界", "你好世界", 2), ("🎉", "party🎉", 5), ("fin", "Eﬁn", 1),
        ("abc", "世ＡＢＣ", 1), ("absent", "a text", 0),
    ],
)  # fmt: skip
def test_a_result_shows_the_place_where_the_word_is_as_it_was_written(
    query: str, text: str, place: int
) -> None:
    assert SearchQuery.parse(query).place_in(text) == place


def test_nothing_but_signs_is_no_query() -> None:
    for raw in ("→", "\u0307", "\ufe0f", "฿"):
        with pytest.raises(InvalidValue, match="letters, digits or emoji"):
            SearchQuery.parse(raw)
