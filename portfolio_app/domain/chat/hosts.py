"""Host names among the words of a text, for the filter that holds links back and for the links that open."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

COMMON_SUFFIXES: Final = frozenset(
    {"ai", "biz", "cn", "co", "com", "dev", "info", "io", "net", "org", "ru", "site", "top", "xyz"}
)
"""Top-level domains for who knows no list of all of them."""
_FILE_SUFFIXES: Final = frozenset({"cc", "md", "ml", "pl", "ps", "py", "rs", "sc", "sh", "so", "zip"})
"""Endings of file names that are top-level domains as well: without a path, `main.rs` is a file."""
_FILE_NAMES: Final = frozenset(
    {"changelog", "contributing", "dockerfile", "license", "makefile", "readme", "todo"}
)
_PRODUCTS: Final = frozenset({"ado.net", "asp.net", "ml.net", "socket.io", "vb.net"})
"""Names of software that read like hosts."""
_LINK = re.compile(
    r"(?<![\w.@:/\\-])(?P<scheme>https?://)?"
    r"(?P<name>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8})(?P<suffix>[a-z][a-z0-9-]{0,61}[a-z0-9])"
    r"(?P<port>:[0-9]{1,5})?(?P<rest>[/?#][^\s<>\"`\\]*)?(?![\w(\\-])",
    re.IGNORECASE | re.ASCII,
)
_AUTHORITY = re.compile(r"[^\s/?#]*")
_TRAILING: Final = frozenset(".,;:!?'\"*_~…。、，！？：；”’»")
_CLOSING: Final = {")": "(", "]": "[", "}": "{", "）": "（", "」": "「", "』": "『", "》": "《"}
_DECEPTIVE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


@dataclass(frozen=True, slots=True)
class Link:
    """The characters from `start` to `end` of a text, and the address that they stand for."""

    start: int
    end: int
    href: str


@dataclass(frozen=True, slots=True)
class Hosts:
    """Judges host names; `is_suffix` says whether a lower-case label is a top-level domain."""

    is_suffix: Callable[[str], bool] = COMMON_SUFFIXES.__contains__

    def is_host(self, name: str, suffix: str, *, is_address: bool) -> bool:
        """Whether `name.suffix` is a host; an address has a scheme or a path, and is no file or sentence."""
        if not self.is_suffix(suffix.lower()):
            return False
        if is_address:
            return True
        # "the end.It works": a sentence that lacks its space begins with a capital letter.
        is_sentence = suffix[0].isupper() and not name.isupper()
        is_file = "." not in name and (suffix in _FILE_SUFFIXES or name.lower() in _FILE_NAMES)
        return not (is_sentence or is_file or f"{name}.{suffix}".lower() in _PRODUCTS)

    def links(self, text: str) -> Iterator[Link]:
        """The links that open: http and https at a public host in plain ASCII, and nothing that reads as another host.

        No user part, no other scheme, no character that draws nothing or turns the line around; punctuation at the
        end belongs to the sentence.
        """
        for found in _LINK.finditer(text):
            link = self._link(text, found)
            if link is not None:
                yield link

    def _link(self, text: str, found: re.Match[str]) -> Link | None:
        scheme, rest = found["scheme"] or "", found["rest"] or ""
        kept = _without_punctuation(rest)
        end = found.end() - len(rest) + len(kept)
        is_address = bool(scheme or len(kept) > 1)
        if not self.is_host(found["name"][:-1], found["suffix"], is_address=is_address):
            return None
        if _is_deceptive(text, found, end):
            return None
        href = f"{scheme or 'https://'}{text[found.start('name') : end]}"
        return Link(found.start(), end, href) if _leads_where_it_says(href, found) else None


def _without_punctuation(rest: str) -> str:
    while rest:
        last = rest[-1]
        opening = _CLOSING.get(last)
        is_left_over = opening is not None and rest.count(last) > rest.count(opening)
        if last not in _TRAILING and not is_left_over:
            break
        rest = rest[:-1]
    return rest


def _is_deceptive(text: str, found: re.Match[str], end: int) -> bool:
    if not found["rest"]:
        # Text before the next slash could belong to the host: `example.com:pw@other.example`.
        following = _AUTHORITY.match(text, found.end())
        if following and ("@" in following[0] or "\\" in following[0]):
            return True
    before, after = text[: found.start()][-1:], text[found.end() :][:1]
    if before.isalnum() or after.isalnum():
        return True
    whole = before + text[found.start() : end] + after
    return any(unicodedata.category(ch) in _DECEPTIVE and ch not in "\n\t" for ch in whole)


def _leads_where_it_says(href: str, found: re.Match[str]) -> bool:
    try:
        parts = urlsplit(href)
        port = parts.port
    except ValueError:
        return False
    host = f"{found['name']}{found['suffix']}".lower()
    return parts.hostname == host and parts.username is None and (port is None or port > 0)
