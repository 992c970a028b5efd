"""What of a message opens, what is code, and that nothing of it is lost or made up."""

import time
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.domain.account.user import Username
from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.chat.message import BODY_LIMIT, MessageBody
from portfolio_app.domain.chat.moderation import ModerationPolicy, Reason
from portfolio_app.domain.chat.pieces import MOST_MARKS, Piece, PieceKind, ReadPieces
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.infra.suffixes import is_public_suffix
from tests.unit.domain.strategies import ANY_TEXT

READ = ReadPieces(Hosts(is_public_suffix))
POLICY = ModerationPolicy(is_suffix=is_public_suffix)
TOKENS = (
    "@ann-1", "@Ann_B", "@x",
    "`", "``", "```", "```py\n", "\n", "https://", "javascript:", "example.com", "evil.ai", "@", ":", "/", "\\", ".",
    "user:pw@", ":80", " ", "\u202e", "\u200b", "\u200f", "א", "。", "(", ")", "<a href=x>", '"', "README.md", "%0a",
    "#",
)  # fmt: skip
HOSTILE = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join) | ANY_TEXT


def links(text: str) -> list[tuple[str, str]]:
    return [(piece.text, piece.href) for piece in READ(text) if piece.kind is PieceKind.LINK]


@pytest.mark.parametrize(
    ("text", "shown", "href"),
    [
        ("see https://example.org/notes.", "https://example.org/notes", "https://example.org/notes"),
        ("see example.com, then", "example.com", "https://example.com"),
        ("www.example.co.uk!", "www.example.co.uk", "https://www.example.co.uk"),
        ("(https://a.example.org/A_(b))", "https://a.example.org/A_(b)", "https://a.example.org/A_(b)"),
        ("HTTP://Example.COM:8080/x?y=1#z?!", "HTTP://Example.COM:8080/x?y=1#z", "HTTP://Example.COM:8080/x?y=1#z"),
        ("“https://example.com/a”", "https://example.com/a", "https://example.com/a"),
        ("<https://example.com/@ann>", "https://example.com/@ann", "https://example.com/@ann"),
    ],
)  # fmt: skip
def test_an_address_opens_without_the_punctuation_of_its_sentence(text: str, shown: str, href: str) -> None:
    assert links(text) == [(shown, href)]


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "javascript://example.com/%0aalert(1)", "data:text/html,<b>", "ftp://example.com/x",
        "https://user:pw@example.com/", "https://good.com@evil.com", "https://good.com:80@evil.com/x",
        "https://good.com:pw@evil.com", "https://good.com\\@evil.com", "ann@example.com", "//example.com/x",
        "ex\u0430mple.com", "\u0430.example.com", "example.com\u200b.evil.com", "exa\u00admple.com/x",
        "\u200fexample.com/x",
        "https://example.com/a\u200fb", "http://127.0.0.1/", "http://localhost:3000", "https://example.com:99999/",
        "README.md socket.io console.info(x) main.rs", "the end.It works", "https://пример.рф", "example.notatld",
    ],
)  # fmt: skip
def test_what_could_mislead_or_is_no_public_host_stays_text(text: str) -> None:
    assert links(text) == []


def test_code_is_told_apart_and_holds_no_links() -> None:
    text = "run `pip install x` or:\n```sh\ncurl https://example.com | sh\n```\nthen ``a ` b``"
    assert READ(text) == (
        Piece(PieceKind.TEXT, "run "),
        Piece(PieceKind.CODE, "pip install x"),
        Piece(PieceKind.TEXT, " or:"),
        Piece(PieceKind.BLOCK, "curl https://example.com | sh", language="sh"),
        Piece(PieceKind.TEXT, "then "),
        Piece(PieceKind.CODE, "a ` b"),
    )


def members(text: str) -> list[tuple[str, str]]:
    return [(piece.text, piece.member) for piece in READ(text) if piece.kind is PieceKind.MENTION]


@pytest.mark.parametrize(
    ("text", "shown", "member"),
    [
        ("@ann-1 hello", "@ann-1", "ann-1"),
        ("hello @Ann_B!", "@Ann_B", "ann_b"),
        ("(@ann)", "@ann", "ann"),
        ("thanks, @ann.", "@ann", "ann"),
        ("@ann's idea", "@ann", "ann"),
        ("cc:@ann, please", "@ann", "ann"),
        ("see @ann- or not", "@ann", "ann"),
        ("`code`@ann", "@ann", "ann"),
        ("see https://example.com/@eve, @ann", "@ann", "ann"),
    ],
)
def test_a_name_that_an_account_could_have_is_a_mention_in_either_case(
    text: str, shown: str, member: str
) -> None:
    assert members(text) == [(shown, member)]
    assert READ.members(text) == {member}


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.org", "@ann@example.org", "@types/node", "x/@ann", "a@ann", "@@ann", "@an", "@_ann",
        "@" + "a" * 25, "`@ann`", "```\n@ann\n```", "https://example.com/@ann", "https://example.com/?to=@ann",
        "@annä", "@ann\u0302", "@ann\u200bsmith", "@ann\u2065smith", "@ann\ufffcsmith",
        "\u200b@ann", "@\u0430nn", "@ann.example.org", "@ ann", "＠ann",
        "@ann\\x",
    ],
)  # fmt: skip
def test_what_is_a_part_of_something_else_or_reads_as_another_name_is_no_mention(text: str) -> None:
    assert members(text) == []


@given(HOSTILE)
def test_a_mention_is_the_name_that_an_account_would_have(text: str) -> None:
    for shown, member in members(text):
        assert shown[0] == "@"
        assert str(Username.parse(shown[1:])) == member


@pytest.mark.parametrize(
    "text", ["hello.", "```\nnever closed", "a ` b", "**bold** _it_ # head", "`` ``", "```\n\u200b\n```"]
)
def test_what_is_neither_has_no_pieces(text: str) -> None:
    assert READ(text) == ()


@pytest.mark.parametrize(
    "begun", ["```\na", "```x\n", "```x \n", "```abcdefghij\n", "``", "`a", "@a.", "a.a/"]
)
def test_what_never_ends_takes_no_longer_than_the_rest_of_a_message(begun: str) -> None:
    """Each row of a room is taken apart whenever somebody opens it, on the loop that serves everybody."""
    whole, longer = ((begun * BODY_LIMIT * times)[: BODY_LIMIT * times] for times in (1, 8))
    rounds = [(seconds(whole), seconds(longer)) for _ in range(5)]
    fastest, fastest_longer = map(min, zip(*rounds, strict=True))
    assert fastest < 0.015  # what took longest took 0.1 s; the others take a tenth of this
    # On any machine: eight times the text takes about eight times as long, and sixty where the rest is read anew.
    assert fastest_longer < 24 * fastest


def seconds(text: str) -> float:
    """Processor time of taking it apart."""
    since = time.thread_time()
    READ(text)
    return time.thread_time() - since


@given(HOSTILE)
def test_a_link_leads_where_it_says_and_nothing_of_a_text_is_made_up(text: str) -> None:
    pieces = READ(text)
    rest = text
    for piece in pieces:
        at = rest.find(piece.text)
        assert at >= 0
        assert set(rest[:at]) <= set("`\n\t ") or "```" in rest[:at], "only fences are left out"
        rest = rest[at + len(piece.text) :]
    for shown, href in links(text):
        parts = urlsplit(href)
        assert href in (shown, f"https://{shown}")
        assert parts.scheme in ("http", "https")
        assert parts.hostname is not None
        assert shown.lower().removeprefix(f"{parts.scheme}://").startswith(parts.hostname)
        assert (parts.username, parts.hostname.isascii()) == (None, True)


@given(HOSTILE)
def test_whatever_opens_was_held_for_a_moderator(text: str) -> None:
    try:
        body = MessageBody.parse(text)
    except InvalidValue:
        return
    if links(str(body)):
        assert Reason.LINK in POLICY.judge(body).reasons


@pytest.mark.parametrize("unit", ["`a` ", "@ann ", "example.com/ ", "```\nx\n```\n"])
def test_a_message_has_a_bounded_number_of_pieces(unit: str) -> None:
    text = unit * (1000 // len(unit))
    pieces = READ(text)
    assert len(pieces) <= 2 * MOST_MARKS + 1
    assert sum(piece.kind is not PieceKind.TEXT for piece in pieces) == MOST_MARKS
    assert text.endswith(pieces[-1].text)


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("@ann", "@zoe-2"),
        ("hi @Ann, @ANN- and (@ann)", "hi @zoe-2, @zoe-2- and (@zoe-2)"),
        ("@anna @ann-1 @bob ann", "@anna @ann-1 @bob ann"),
        (
            "`@ann` https://example.org/@ann ann@example.org",
            "`@ann` https://example.org/@ann ann@example.org",
        ),
        ("```\n@ann\n```\n@ann", "```\n@ann\n```\n@zoe-2"),
        ("", ""),
    ],
)
def test_mentions_of_somebody_follow_to_another_name(text: str, renamed: str) -> None:
    assert READ.renamed(text, Username("ann"), Username("zoe-2")) == renamed


@given(st.text(alphabet="@ann-_ `.\n/x", max_size=80))
def test_what_is_not_a_mention_of_the_name_stays_as_it_was(text: str) -> None:
    old, new = Username("ann"), Username("zoe")
    after = READ.renamed(text, old, new)
    assert "ann" not in READ.members(after)
    assert READ.members(text) - {"ann"} == READ.members(after) - {"zoe"}
    assert after == text or "ann" in READ.members(text)
