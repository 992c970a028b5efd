"""A language: its words for the texts of the source, how it writes dates and numbers, and the file that says so.

Each has a file with the words for every text: those that ship in `languages/`, the owner's own in the folder
`languages` beside `profile.toml`.
"""

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from pydantic import AfterValidator, StringConstraints

SHIPPED: Final = Path(__file__).with_name("languages")
ENGLISH: Final = "en"
TABLES: Final = ("words", "said", "scripts")
"""Texts of pages; what rules and use cases say, which know no language; texts in scripts."""
_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-\w{2,8})*")
PLACE: Final = re.compile(r"\{(\w+)\}")
"""A place of a text, to be filled."""


def locale(language: str) -> Locale:
    """The locale of a tag such as `de`, `pt-BR` or `zh-Hant`. Raises ValueError."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        raise _unknown(language) from None


def _unknown(language: str) -> ValueError:
    return ValueError(f"{language or 'an empty text'} is no known language, such as en, de or pt-BR")


def direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return str(locale(language).text_direction)


def known(value: str) -> str:
    """The tag of a language, if it is one. Raises ValueError."""
    # Babel reads over what may follow in the name of a computer's locale, such as .UTF-8.
    if not _TAG.fullmatch(value):
        raise _unknown(value)
    locale(value)
    return value


Language = Annotated[str, StringConstraints(strict=True), AfterValidator(known)]


@dataclass(frozen=True, slots=True)
class Words:
    """The file of one language: `dates` is the locale in which dates are written, `tables` the words for the texts."""

    dates: str = "en-GB"
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, english: str, table: str = "words") -> str:
        """The words for a text of the source."""
        return self.tables.get(table, {}).get(english, english)

    def t(self, english: str, **values: object) -> str:
        """The words for a text of the source, `values` in its places."""
        words = self.of(english)
        return words.format(**values) if values else words

    def said(self, english: str) -> str:
        """The words for a text whose places are filled in already; what fills them is looked up, too."""
        known = self.tables.get("said", {})
        if english in known:
            return known[english]
        for template, words in known.items():
            if "{" in template and (found := _pattern(template).fullmatch(english)):
                return words.format(**{name: self.said(text) for name, text in found.groupdict().items()})
        return english

    def day(self, at: datetime.date) -> str:
        """A day, such as 24 November 2026."""
        return str(format_date(at, "long", locale(self.dates)))

    def day_and_time(self, at: datetime.datetime) -> str:
        """A moment of UTC to the minute, such as 24 November 2026, 09:30 UTC."""
        return f"{self.day(at)}, {at:%H:%M} UTC"

    def month_and_day(self, at: datetime.date) -> str:
        """A day where the year is known, such as 24 Nov."""
        return str(format_skeleton("MMMd", at, locale=locale(self.dates)))

    def moment(self, at: datetime.datetime) -> str:
        """A moment of UTC to the second, short: in English as terminals and logs have it, which sorts by itself."""
        written = locale(self.dates)
        day = f"{at:%Y-%m-%d}" if written.language == ENGLISH else format_date(at, "medium", written)
        return f"{day} {at:%H:%M:%S} UTC"

    def number(self, value: float, digits: int = 0) -> str:
        """A number with so many digits after the point, such as 4,000."""
        pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
        return str(format_decimal(value, pattern, locale(self.dates)))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    # The names are at the odd places of re.split's result.
    pieces = PLACE.split(template)
    return re.compile(
        "".join(f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)),
        re.DOTALL,
    )


def file_of(language: str, content: Path) -> Path | None:
    """The owner's file of a language, or the one that ships."""
    files = (folder / f"{language}.toml" for folder in (content / "languages", SHIPPED))
    return next((file for file in files if file.is_file()), None)


def shipped() -> list[str]:
    """The languages that ship."""
    return sorted(file.stem for file in SHIPPED.glob("*.toml"))


def read(file: Path) -> Words:
    """A file without mistakes."""
    found = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    return Words(found["dates"], {name: found[name] for name in TABLES})


def mistakes(file: Path) -> Iterator[tuple[int, str]]:
    """The mistakes in the file of a language, each with its line: it has to have what the English one has."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        yield error.object[: error.start].count(b"\n") + 1, "is not UTF-8 text"
        return
    except OSError as error:
        yield 1, f"can't be read: {error.strerror}"
        return
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        yield int(at[1]) if at else text.count("\n") + 1, f"not TOML: {error}"
        return
    except RecursionError:
        yield 1, "is nested too deeply"
        return
    wanted = tomllib.loads((SHIPPED / f"{ENGLISH}.toml").read_text(encoding="utf-8"))
    try:
        locale(found.get("dates", ""))
    except ValueError as error:
        yield _line(text, "dates"), f"dates: {error}"
    for name in found.keys() - wanted.keys():
        yield _line(text, name), f"{name}: there is no such key"
    for name in TABLES:
        table = found.get(name)
        yield from _differences(text, name, table if isinstance(table, dict) else {}, wanted[name])


def _differences(
    text: str, name: str, table: Mapping[str, Any], wanted: Mapping[str, str]
) -> Iterator[tuple[int, str]]:
    for english in wanted:
        if english not in table:
            yield _line(text, name), f'{name} has no words for "{english}"'
    for english, words in table.items():
        if english not in wanted:
            yield _line(text, english), f'"{english}" is said nowhere'
        elif not isinstance(words, str) or not words.strip():
            yield _line(text, english), f'"{english}" has no words'
        elif set(PLACE.findall(words)) != set(PLACE.findall(english)) or re.search(
            "[{}]", PLACE.sub("", words)
        ):
            places = ", ".join(f"{{{place}}}" for place in dict.fromkeys(PLACE.findall(english))) or "none"
            yield _line(text, english), f'"{english}": the places to fill are {places}'


def _line(text: str, key: str) -> int:
    """The line on which a key or a table is written, 1 where it is not."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() == f"[{key}]":
            return number
        try:
            if key in tomllib.loads(line):
                return number
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
    return 1
