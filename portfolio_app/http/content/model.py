"""The shapes content may have, and the error that says where it has another.

Unknown keys are refused, so a typo can't pass for an omission.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo

from portfolio_app.domain.chat.room import article_room
from portfolio_app.http.content.pictures import Picture
from portfolio_app.language import Language


class ContentError(ValueError):
    """A file of the content is wrong; the text is one sentence that begins with the file and the line."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        here = Path.cwd()
        shown = path.relative_to(here) if path.is_relative_to(here) else path
        super().__init__(f"{shown}:{line}: {reason}")
        self.path = path
        self.line = line
        self.more: tuple[ContentError, ...] = ()
        """Further errors of the same file, where one look finds all of them."""


def wrong_colour(path: Path, line: int, token: str) -> ContentError:
    """The error of a design token that is no colour in the form that pictures and tests read."""
    reason = f"--{token}: the form of a colour is #rrggbb or light-dark(#rrggbb, #rrggbb)"
    return ContentError(path, line, reason)


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, strict=True)]
Line = Annotated[Words, StringConstraints(max_length=80)]
Title = Annotated[Words, StringConstraints(max_length=160)]
Description = Annotated[Words, StringConstraints(max_length=200)]
"""Search engines and feeds show no more."""

Slug = Annotated[Words, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""The name of an article's file, which is its address."""

Figures = Annotated[dict[str, Words], Field(exclude=True)]
"""Numbers of the recorded benchmark by the names they have in the text; see `figures.py`."""

Kind = Literal["work", "writing"]
LONGEST_NAME: Final = 100
"""Characters of a name in an address: the files of its page are called by it, and a disk takes 255 bytes of that."""
_ADDRESSES: Final = ("/", "https://", "http://", "mailto:", "tel:")


def address_of(tag: str) -> str:
    """A tag as addresses spell it; tags that differ in case or spaces only have the same."""
    spelled = tag.casefold().replace("+", "plus").replace("#", "sharp")
    words = "-".join(re.findall(r"[^\W_]+", spelled))
    return words if words.isascii() else f"xn--{words.encode('punycode').decode()}"


def _a_tag(value: str) -> str:
    if not address_of(value):
        raise ValueError("has no letter or digit of which an address can be made")
    if len(address_of(value)) > LONGEST_NAME:
        raise ValueError(f"makes an address of more than {LONGEST_NAME} characters")
    return value


def _each_once(tags: tuple[str, ...]) -> tuple[str, ...]:
    """The tags as they are spelled first."""
    known: dict[str, str] = {}
    for tag in tags:
        known.setdefault(address_of(tag), tag)
    return tuple(known.values())


def _an_address(value: str) -> str:
    if not value.startswith(_ADDRESSES) or value.startswith("//"):
        raise ValueError("must begin with /, https://, http://, mailto: or tel:")
    if not _leads_somewhere(value):
        raise ValueError("is no address that a browser can open")
    return value


def _leads_somewhere(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.port != 0 and (bool(parts.hostname) or not parts.scheme.startswith("http"))
    except ValueError:  # brackets that enclose no address, or a port beyond the last
        return False


def section_in(href: str) -> str:
    """The section of the front page that an address names; empty for none."""
    page, _, anchor = href.partition("#")
    section = anchor.partition(":~:")[0]  # behind it stands what the browser is to look for in the text
    return section if page == "/" and section != "top" else ""


def _not_before_date(value: datetime.date | None, given: ValidationInfo) -> datetime.date | None:
    first = given.data.get("date")
    if value and first and value < first:
        raise ValueError(f"must not be before its date, {first}")
    return value


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Link(_Content):
    """A link to another place of the owner, or to a page of this site."""

    label: Words
    href: Annotated[Words, AfterValidator(_an_address)]


class Entry(_Content):
    """One line of a résumé, with what there is to say about it."""

    title: Words
    where: Words | None = None
    when: Words | None = None
    text: Words | None = None
    points: tuple[Words, ...] = ()


ResumeKind = Literal[
    "work", "volunteer", "education", "awards", "certificates", "publications", "projects", "references"
]
"""Lists of JSON Resume that an entry can go into."""


class Section(_Content):
    """A heading of the résumé and its entries; `kind` is the list of JSON Resume that they belong to."""

    title: Words
    kind: ResumeKind | None = None
    entries: Annotated[tuple[Entry, ...], Field(min_length=1)]


class Profile(_Content):
    """`site` stands in the header, `tagline` beside it in titles; `claim` and `ledes` open the front page.

    `lang` is the language of these words, and `interface` that of what the site says by itself, by default the same.
    `sections` are those of the front page, `nav` the links in the header, both in their order; without a list
    everything is there. Which names there are is known where the site is composed. `portrait` is the picture on the
    résumé; without entries in `resume` there is none.
    """

    lang: Language = "en"
    interface: Language | None = None
    site: Words
    tagline: Words
    name: Line
    role: Line
    summary: Description
    claim: Words
    ledes: Annotated[tuple[Words, ...], Field(min_length=1)]
    work_lede: Description
    writing_lede: Description
    resume_lede: Words = ""
    portrait: "Cover | None" = None
    links: tuple[Link, ...] = ()
    sections: tuple[Words, ...] | None = None
    nav: tuple[Words, ...] | None = None
    figures: Figures = {}
    resume: tuple[Section, ...] = ()

    def shows(self, section: str) -> bool:
        """Whether the front page has this section."""
        return self.sections is None or section in self.sections

    @property
    def shown_links(self) -> tuple[Link, ...]:
        """The links without those to sections that the front page does not have."""
        return tuple(link for link in self.links if not self.hides(link.href))

    def hides(self, href: str) -> bool:
        """Whether an address is that of a section which the front page does not have."""
        return (section := section_in(href)) != "" and not self.shows(section)


class Cover(_Content):
    """The picture of an article in lists: its file beside the article, and words for who can't see it."""

    file: Words
    alt: Words


class FrontMatter(_Content):
    """The front matter of a case study or article, which stands between `+++` lines.

    `date` is the day from which on it is shown, `updated` that of the last change, `order` sorts before dates (lower
    first), a draft is left out. `formerly` are names that its file had before. With `math`, dollar signs enclose
    LaTeX; with `discuss`, a room stands under the text.
    Without `lang` it is in the language of the site. `years` says when a project was worked on, `links` where its
    source, demo or paper is.
    """

    title: Title
    summary: Description
    lang: Language | None = None
    date: Annotated[datetime.date, Field(strict=True)]
    updated: Annotated[
        Annotated[datetime.date, Field(strict=True)] | None, AfterValidator(_not_before_date)
    ] = None
    tags: Annotated[tuple[Annotated[Words, AfterValidator(_a_tag)], ...], AfterValidator(_each_once)] = ()
    order: Annotated[int, Field(strict=True)] = 0
    draft: Annotated[bool, Field(strict=True)] = False
    formerly: tuple[Slug, ...] = ()
    math: Annotated[bool, Field(strict=True)] = False
    discuss: Annotated[bool, Field(strict=True)] = False
    cover: Cover | None = None
    years: Line | None = None
    links: tuple[Link, ...] = ()
    figures: Figures = {}


@dataclass(frozen=True, slots=True)
class Reference:
    """A link of an article, and the line of its file it is on."""

    line: int
    href: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of an article: 2 for a section, 3 for a part of one, and where it is on its page."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """A case study or an article; `html` is made from its Markdown, `cover` the element of its picture in lists.

    A case study without a text has no page: it is shown where it is listed.
    """

    kind: Kind
    slug: str
    front: FrontMatter
    html: str
    links: tuple[Reference, ...]
    minutes: int
    pictures: tuple[Picture, ...] = ()
    cover: str = ""
    headings: tuple[Heading, ...] = ()

    @property
    def path(self) -> str:
        """The address at which the site shows it: its page, or its place in the list."""
        return str(PurePosixPath("/", self.kind, self.slug)) if self.html else f"/{self.kind}#{self.slug}"

    @property
    def former_paths(self) -> list[str]:
        """The addresses of its page under earlier names of its file."""
        return [str(PurePosixPath("/", self.kind, name)) for name in self.front.formerly]

    def is_public(self, on: datetime.date) -> bool:
        """Whether readers see it on this day."""
        return not self.front.draft and self.front.date <= on

    @property
    def room(self) -> str:
        """The name of the room that stands under it, empty for none."""
        return str(article_room(self.kind, self.slug)) if self.front.discuss else ""

    @property
    def changed(self) -> datetime.date:
        """The day of its last change."""
        return self.front.updated or self.front.date


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the owner wrote; drafts left out, each kind in the order in which it is listed.

    `resume` is the résumé as JSON Resume, the owner's own file if there is one, `pdf` the file of it for paper,
    `portrait` the picture on it, with its element.
    """

    profile: Profile
    work: tuple[Article, ...]
    writing: tuple[Article, ...]
    resume: Mapping[str, Any] = field(default_factory=dict)
    pdf: Path | None = None
    portrait: tuple[Picture, str] | None = None

    @property
    def articles(self) -> tuple[Article, ...]:
        """Case studies first."""
        return (*self.work, *self.writing)

    @property
    def pictures(self) -> Iterator[Picture]:
        """Every picture that a page shows."""
        yield from (picture for article in self.articles for picture in article.pictures)
        if self.portrait:
            yield self.portrait[0]
