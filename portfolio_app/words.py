"""The interface's own words in the language of the site, and how it writes dates and numbers.

The source has them in English: `t("Sign in")`. Which language counts is read once, from `profile.toml`; a mistake there
or in the language's file leaves the words in English, and stops the start where the content is read.
"""

import datetime
import tomllib
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from portfolio_app import folders
from portfolio_app.language import ENGLISH, PLACE, Words, file_of, known, mistakes, read

Child = TypeVar("Child")
_UNREADABLE: Final = (OSError, ValueError, RecursionError)


def t(english: str, **values: object) -> str:
    """A text of the interface in the site's language, `values` in its places."""
    return site_words().t(english, **values)


def parts(english: str, **children: Child) -> list[Child | str]:
    """A text of the interface whose places are filled with elements."""
    return [children[piece] if at % 2 else piece for at, piece in enumerate(PLACE.split(t(english))) if piece]


def said(english: str) -> str:
    """A text of a rule or use case, in the site's language."""
    return site_words().said(english)


def of_script(source: str) -> str:
    """The source of a script with its texts in the site's language, and its figures as that writes them."""
    source = source.replace('LOCALE = "en"', f"LOCALE = {_quoted(site_words().dates)}")
    for english, words in site_words().tables.get("scripts", {}).items():
        source = source.replace(_quoted(english), _quoted(words))
    return source


def day(at: datetime.date) -> str:
    """A day, such as 24 November 2026."""
    return site_words().day(at)


def day_and_time(at: datetime.datetime) -> str:
    """A moment of UTC to the minute."""
    return site_words().day_and_time(at)


def moment(at: datetime.datetime) -> str:
    """A moment of UTC to the second, such as 2026-11-24 09:30:00 UTC."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def month_and_day(at: datetime.date) -> str:
    """A day where the year is known, such as 24 Nov."""
    return site_words().month_and_day(at)


def number(value: int) -> str:
    """A whole number, such as 4,000."""
    return site_words().number(value)


def site_language() -> str:
    """The language of the site: `lang` in its profile."""
    return _languages(folders.content())[0]


def interface_language() -> str:
    """The language of the interface: `interface` in the profile, by default that of the site."""
    return _languages(folders.content())[1]


def site_words() -> Words:
    """The words of this site."""
    return _words_of(folders.content())


@cache
def _words_of(content: Path) -> Words:
    file = file_of(_languages(content)[1], content)
    return read(file) if file and not any(mistakes(file)) else Words()


def language_files() -> tuple[str, str, bytes] | None:
    """The two languages and the file of the interface's words as they are now; None while they can't be read."""
    with suppress(*_UNREADABLE):
        site, interface = _read_languages(folders.content())
        file = file_of(interface, folders.content())
        return site, interface, file.read_bytes() if file else b""
    return None


@cache
def _languages(content: Path) -> tuple[str, str]:
    try:
        return _read_languages(content)
    except _UNREADABLE:  # the loader says it, with the line
        return ENGLISH, ENGLISH


def _read_languages(content: Path) -> tuple[str, str]:
    profile = tomllib.loads((content / "profile.toml").read_text(encoding="utf-8-sig"))
    site, interface = (profile.get(key) for key in ("lang", "interface"))
    site = known(site) if isinstance(site, str) else ENGLISH
    return site, known(interface) if isinstance(interface, str) else site


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
