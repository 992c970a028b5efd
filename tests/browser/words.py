"""What a page says before any script has run."""

from html.parser import HTMLParser
from typing import Final

_INLINE: Final = frozenset({"a", "b", "code", "em", "i", "span", "strong", "time", "svg", "path", "wbr"})
_UNREAD: Final = frozenset({"script", "style", "template"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        self._pause(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD
        self._pause(tag)

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.text.append(data)

    def _pause(self, tag: str) -> None:
        if tag not in _INLINE:
            self.text.append(" ")


def words(html: str) -> str:
    """The text of a document, every run of white space as one space."""
    reader = _Reader()
    reader.feed(html)
    return " ".join("".join(reader.text).split())
