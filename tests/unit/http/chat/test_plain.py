"""A message in the room without scripts."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.chat.message import MessageBody
from portfolio_app.domain.chat.pieces import ReadPieces
from portfolio_app.http.chat import plain, views
from tests.fakes.samples import message


@pytest.fixture(autouse=True)
def _pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "services", lambda: SimpleNamespace(read_pieces=ReadPieces(Hosts())))


def shown(body: str) -> str:
    return plain._message(replace(message(), body=MessageBody.parse(body)), {})


def test_links_open_and_code_is_code() -> None:
    html = shown('see https://example.com/?a=1&b="2 and `<b>`\n```\n</code><script>\n```')
    assert 'href="https://example.com/?a=1&amp;b=" target="_blank" rel="noopener nofollow ugc"' in html
    assert "<code>&lt;b&gt;</code>" in html
    assert '<code dir="ltr" class="block">&lt;/code&gt;&lt;script&gt;</code>' in html


def test_a_mention_is_marked_and_follows_an_edit() -> None:
    before = replace(message("hello @Ann_B <b>"), revision=1)
    row = views.frame_row(before)
    pieces = [dict(piece) for piece in row["pieces"]]  # type: ignore[attr-defined]  # of a frame: dict[str, object]
    assert pieces[1] == {"k": "mention", "t": "@Ann_B", "h": "ann_b"}
    assert 'hello <b dir="ltr" translate="no">@Ann_B</b> &lt;b&gt;' in plain._message(before, {})
    edited = before.edit(MessageBody.parse("hello ann"), 2, before.posted_at)
    assert "pieces" not in views.frame_row(edited)


@pytest.mark.parametrize(
    "body", ["javascript:alert(1)", "https://a.com@evil.com/", "<a href=//evil.com>x</a>"]
)
def test_anything_else_is_escaped_text(body: str) -> None:
    html = shown(body)
    assert "<a" not in html
    assert plain.escape(body) in html
