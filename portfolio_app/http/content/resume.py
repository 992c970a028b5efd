"""The résumé as JSON Resume (jsonresume.org): read from `resume.json`, or written from the profile's sections."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from portfolio_app.http.content.model import ContentError, Entry, Profile, ResumeKind, Section
from portfolio_app.http.content.toml import in_plain_words, refuse_unshown
from portfolio_app.words import said, t

FILE: Final = "resume.json"
PDF: Final = "resume.pdf"
_PRINTED: Final = b"\n% printed from "
_TAIL: Final = 100
_SHOWN: Final = 20
"""Characters of a number in an error."""
SCHEMA: Final = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
_SPACE: Final = " \t\r\n"
_DAY: Final = len("2026-11")

Text = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, strict=True)] | None,
    BeforeValidator(lambda value: None if isinstance(value, str) and not value.strip() else value),
]
"""The samples that people start from leave what they don't have empty."""


class _Item(BaseModel):
    """An entry of any of its lists: each has some of these, and whatever else others put in."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Text = None
    title: Text = None
    position: Text = None
    organization: Text = None
    institution: Text = None
    studyType: Text = None  # noqa: N815 (the names of the format)
    area: Text = None
    awarder: Text = None
    issuer: Text = None
    publisher: Text = None
    location: Text = None
    language: Text = None
    fluency: Text = None
    level: Text = None
    startDate: Text = None  # noqa: N815
    endDate: Text = None  # noqa: N815
    date: Text = None
    releaseDate: Text = None  # noqa: N815
    summary: Text = None
    description: Text = None
    reference: Text = None
    highlights: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    courses: tuple[str, ...] = ()

    def entry(self, kind: str) -> Entry | None:
        """The item as the résumé's page shows it; None if nothing is in it."""
        study = ", ".join(filter(None, (self.studyType, self.area)))
        titles = (
            self.position,
            study,
            self.title,
            self.language,
            self.name,
            self.institution,
            self.organization,
        )
        title = next(filter(None, titles), None)
        places = [
            self.institution,
            self.organization,
            self.awarder,
            self.issuer,
            self.publisher,
            self.location,
        ]
        if kind in ("work", "volunteer") and self.name != title:
            places.insert(0, self.name)
        where = ", ".join(place for place in places if place and place != title)
        text = self.summary or self.description or self.reference or self.fluency or self.level
        points = [point for point in (*self.highlights, *self.courses) if point.strip()]
        if self.keywords:
            points.append(", ".join(self.keywords))
        if title is None:
            return None
        return Entry(title=title, where=where or None, when=self._when(), text=text, points=tuple(points))

    def _when(self) -> str | None:
        if self.startDate:
            return t(
                "{start} to {end}",
                start=self.startDate[:_DAY],
                end=self.endDate[:_DAY] if self.endDate else t("now"),
            )
        day = self.date or self.releaseDate or self.endDate
        return day[:_DAY] if day else None


class _Resume(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    work: tuple[_Item, ...] = ()
    projects: tuple[_Item, ...] = ()
    volunteer: tuple[_Item, ...] = ()
    education: tuple[_Item, ...] = ()
    certificates: tuple[_Item, ...] = ()
    awards: tuple[_Item, ...] = ()
    publications: tuple[_Item, ...] = ()
    skills: tuple[_Item, ...] = ()
    languages: tuple[_Item, ...] = ()
    interests: tuple[_Item, ...] = ()
    references: tuple[_Item, ...] = ()


_TITLES: Final[Mapping[str, str]] = {"work": "Experience"}


def read(text: str, path: Path) -> tuple[tuple[Section, ...], dict[str, Any]]:
    """The sections of a JSON Resume, and the document itself. Raises ContentError."""
    try:
        document = _loaded(text, path)
        refuse_unshown(document, path, partial(_line, text))
        resume = _Resume.model_validate(document)
    except RecursionError:
        raise ContentError(path, 1, "is nested too deeply") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"])) or "the whole"
        raise ContentError(path, _line(text, first["loc"]), f"{name}: {in_plain_words(first)}") from None
    sections = tuple(_sections(resume))
    if not sections:
        raise ContentError(path, 1, "has no work, project, education or skill to show")
    return sections, document


def _loaded(text: str, path: Path) -> Any:  # noqa: ANN401 (whatever JSON holds)
    try:
        # Python reads NaN and numbers of any length, which are not in JSON, or no longer when they are written.
        return json.loads(text, parse_constant=_number, parse_float=_number, parse_int=_number)
    except json.JSONDecodeError as error:
        raise ContentError(path, error.lineno, f"not JSON: {error.msg}") from None
    except _NoNumber as error:
        line = text[: text.find(str(error))].count("\n") + 1
        raise ContentError(path, line, f"{str(error)[:_SHOWN]} is no number that JSON can hold") from None


class _NoNumber(ValueError):
    """Digits, or a word, that stand for no number in JSON."""


def _number(written: str) -> float:
    with suppress(ValueError):
        number = float(written)
        if math.isfinite(number):
            return int(written) if written.lstrip("-").isdigit() else number
    raise _NoNumber(written)


def _sections(resume: _Resume) -> Iterable[Section]:
    for kind in type(resume).model_fields:
        entries = tuple(filter(None, (item.entry(kind) for item in getattr(resume, kind))))
        if entries:
            yield Section(title=said(_TITLES.get(kind, kind.capitalize())), entries=entries)


def printed_from(profile: Profile) -> bytes:
    """The last line of a PDF that was printed from the résumé of `profile`: a comment to its readers."""
    shown = profile.model_dump_json(include={"lang", "name", "role", "links", "resume"})
    return _PRINTED + hashlib.sha256(shown.encode()).hexdigest().encode() + b"\n"


def pdf_of(profile: Profile, folder: Path) -> Path | None:
    """The résumé as a PDF if `folder` has one: the owner's own, or one printed from what the profile says now."""
    file = folder / PDF
    if not file.is_file():
        return None
    tail = file.read_bytes()[-_TAIL:]
    return file if _PRINTED not in tail or tail.endswith(printed_from(profile)) else None


def write(profile: Profile) -> dict[str, Any]:
    """The profile as JSON Resume. A section that says no `kind` has no place in the format, and keeps its own."""
    found: dict[str, Any] = {
        "$schema": SCHEMA,
        "basics": {"name": profile.name, "label": profile.role, "summary": profile.summary},
    }
    for section in profile.resume:
        if section.kind is None:
            others = [entry.model_dump(exclude_defaults=True) for entry in section.entries]
            found.setdefault("sections", []).append({"title": section.title, "entries": others})
        else:
            found.setdefault(section.kind, []).extend(_item(section.kind, entry) for entry in section.entries)
    return found


def _item(kind: ResumeKind, entry: Entry) -> dict[str, Any]:
    title, place = _KEYS.get(kind, ("name", "description"))
    said = {
        title: entry.title,
        place: entry.where,
        "summary": entry.text,
        "highlights": list(entry.points),
        # The format wants days of ISO 8601; a profile says when in the owner's words.
        "when": entry.when,
    }
    return {key: value for key, value in said.items() if value}


_KEYS: Final[Mapping[ResumeKind, tuple[str, str]]] = {
    "work": ("position", "name"),
    "volunteer": ("position", "organization"),
    "education": ("area", "institution"),
    "awards": ("title", "awarder"),
    "certificates": ("name", "issuer"),
    "publications": ("name", "publisher"),
}


def _line(text: str, location: tuple[int | str, ...]) -> int:
    """The line on which the value at `location` begins."""
    decoder, at = json.JSONDecoder(), _past(text, 0, _SPACE)
    for key in location:
        if at >= len(text) or text[at] not in "{[":
            break
        position = _past(text, at + 1, _SPACE)
        for number in range(len(text)):
            name: object = number
            if text[at] == "{":
                name, position = decoder.raw_decode(text, position)
                position = _past(text, position, _SPACE + ":")
            if name == key:
                break
            _, position = decoder.raw_decode(text, position)
            if text[_past(text, position, _SPACE)] in "]}":
                return text[:at].count("\n") + 1
            position = _past(text, position, _SPACE + ",")
        at = position
    return text[:at].count("\n") + 1


def _past(text: str, at: int, signs: str) -> int:
    while at < len(text) and text[at] in signs:
        at += 1
    return at
