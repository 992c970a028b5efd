"""Reads the content folder, and checks its links. Nothing is read before somebody asks."""

import datetime
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urljoin

from portfolio_app import folders, language
from portfolio_app.http.content import figures, markdown, pictures, resume, toml
from portfolio_app.http.content.model import (
    LONGEST_NAME,
    Article,
    Content,
    ContentError,
    Cover,
    FrontMatter,
    Kind,
    Link,
    Profile,
    Reference,
)
from portfolio_app.http.content.pictures import Picture, WrongPicture
from portfolio_app.http.content.toml import line_of_key

T = TypeVar("T")
_TO_AN_ARTICLE: Final = re.compile(r"(/(?:work|writing)/(?!tag/|archive\b|feed\.)[^?#]+?)/?(?:[?#].*)?")


def _dead_links(content: Content, shown: set[str], folder: Path) -> Iterator[ContentError]:
    """Every link to a case study or article that is not among those `shown`, or to a heading that none of them has."""
    moved = {old: article.path for article in content.articles for old in article.former_paths}
    anchors = _anchors(content, shown)
    for path, link, article in links(content, folder):
        href = urljoin(article.path, link.href) if article else link.href
        if reason := _dead(href, shown, moved) or _without_anchor(href, link.href, anchors):
            yield ContentError(path, link.line, reason)


def links(content: Content, folder: Path) -> Iterator[tuple[Path, Reference, Article | None]]:
    """Every link of the texts, of their front matter and of the profile, with its file, and the article it is in."""
    for article in content.articles:
        path = folder / article.kind / f"{article.slug}.md"
        yield from ((path, link, article) for link in article.links)
        if article.front.links:
            front, *_ = toml.split(toml.read(path), path, bare=True)
            yield from ((path, link, None) for link in _listed(article.front.links, front, 2))
    profile = folder / "profile.toml"
    yield from ((profile, link, None) for link in _listed(content.profile.links, toml.read(profile), 1))


def _listed(links: Iterable[Link], text: str, first_line: int) -> Iterator[Reference]:
    for number, link in enumerate(links):
        yield Reference(first_line + line_of_key(text, ("links", number, "href")), link.href)


def _anchors(content: Content, shown: set[str]) -> dict[str, set[str]]:
    """The fragments that a link may name behind a `#`, for each page that texts are on."""
    found = {article.path: set(_ID.findall(article.html)) for article in content.articles if article.html}
    cards = {f"/{kind}": {path.rpartition("/")[2].rpartition("#")[2] for path in shown} for kind in _TAKEN}
    return found | cards


def _without_anchor(href: str, written: str, anchors: Mapping[str, set[str]]) -> str:
    page, _, anchor = href.partition("#")
    anchor = unquote(
        anchor.partition(":~:")[0]
    )  # behind it stands what the browser is to look for in the text
    known = anchors.get(page.partition("?")[0].rstrip("/"))
    if known is None or anchor in ("", "top", *known):
        return ""
    return f"links to {written}, and no heading has this address"


def _dead(href: str, shown: set[str], moved: Mapping[str, str]) -> str:
    found = _TO_AN_ARTICLE.fullmatch(href)
    if found is None or found[1] in shown:
        return ""
    now = moved.get(found[1])
    return (
        f"links to {found[1]}, which is {now} now" if now else f"links to {found[1]}, where nothing is shown"
    )


_ID: Final = re.compile(r'<[^>]* id="([^"]*)"')
_TAKEN: Final[dict[Kind, tuple[str, ...]]] = {"work": (), "writing": ("archive", "tag")}
_MARKDOWN: Final = (".md", ".markdown", ".mdown", ".mkd")
WORDS_A_MINUTE: Final = 200
SIGNS_A_MINUTE: Final = 500
_UNSPACED: Final = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Signs of Japanese and Chinese, which are written without spaces between words."""
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@cache
def content() -> Content:
    """The owner's folder, read once in a process. Raises ContentError for the first thing that is wrong."""
    return read(folders.content(), folders.shown_on())


@cache
def discussed() -> Mapping[str, Article]:
    """The articles with a room of their own, by their paths."""
    return {article.path: article for article in content().articles if article.room}


def read(folder: Path, on: datetime.date | None = datetime.date.max) -> Content:
    """A whole content folder as it is shown on a day; without one, drafts and all. Raises ContentError."""
    profile, document = _resume(_profile(folder / "profile.toml"), folder)
    every = {kind: [_article(path, kind, profile.hides) for path in _files(folder, kind)] for kind in _TAKEN}
    work, writing = (_in_order(articles, on) for articles in every.values())
    pdf, portrait = resume.pdf_of(profile, folder), _portrait(profile, folder)
    found = Content(profile, work, writing, document, pdf, portrait)
    for wrong in (
        *_wrong_words(profile, folder),
        *_taken_names([article for articles in every.values() for article in articles], folder),
        *_dead_links(found, {article.path for article in found.articles}, folder),
    ):
        raise wrong
    return found


def texts(folder: Path) -> list[Path]:
    """The files of all case studies and articles, those that are wrong or not shown yet, too."""
    return [path for kind in _TAKEN for path in _files(folder, kind)]


def left_out(folder: Path) -> Iterator[str]:
    """Files that look like texts and are none of the site's, with the reason; not hidden ones and READMEs."""
    for kind in _TAKEN:
        shown = _files(folder, kind)
        for path in sorted((folder / kind).rglob("*")):
            if path.suffix.lower() in _MARKDOWN and _is_text(path) and path not in shown:
                yield f"{folders.shown(path)} is left out: a text is a file {kind}/NAME.md"


def _wrong_words(profile: Profile, folder: Path) -> Iterator[ContentError]:
    """The mistakes in the words of the interface, or that there are none in the language of the profile."""
    tag = profile.interface or profile.lang
    if file := language.file_of(tag, folder):
        yield from (ContentError(file, line, reason) for line, reason in language.mistakes(file))
        return
    path, key = folder / "profile.toml", "interface" if profile.interface else "lang"
    reason = (
        f"{key}: the interface has no words in {tag}, only in {', '.join(language.shipped())}: write them into "
        f'languages/{tag}.toml beside the profile, or say interface = "en"'
    )
    yield ContentError(path, 1 + line_of_key(toml.read(path), (key,)), reason)


def problems(
    folder: Path, names: Callable[[Content, Path], Iterable[ContentError]] = lambda *_: ()
) -> list[ContentError]:
    """All mistakes in a content folder, where `read` stops at the first.

    `names` finds what is listed, or linked to, by a name that there is none of.
    """
    found: list[ContentError] = []
    profile = _kept(found, lambda: _resume(_profile(folder / "profile.toml"), folder)[0])
    files = [(kind, path) for kind in _TAKEN for path in _files(folder, kind)]
    hides = profile.hides if profile else lambda _: False
    read = {path: _kept(found, partial(_article, path, kind, hides)) for kind, path in files}
    every = [article for article in read.values() if article]
    found += _taken_names(every, folder)
    articles = _in_order(every, folders.shown_on())
    if profile:
        # A page that can't be read yet may be linked to.
        unread = {f"/{kind}/{path.stem}" for kind, path in files if read[path] is None}
        content = Content(profile, articles, ())
        _kept(found, partial(_portrait, profile, folder))
        found += names(content, folder)
        found += _wrong_words(profile, folder)
        found += _dead_links(content, unread | {article.path for article in articles}, folder)
    return found


def _kept(found: list[ContentError], get: Callable[[], T]) -> T | None:
    try:
        return get()
    except ContentError as error:
        found += (error, *error.more)
        return None


def _profile(path: Path) -> Profile:
    text = toml.read(path)
    measured = figures.named_in(text, path, 1)
    return toml.parse(figures.fill(text, measured, path, 1), Profile, path)


def _resume(profile: Profile, folder: Path) -> tuple[Profile, dict[str, Any]]:
    """The profile with its résumé, which is in a file of its own or among its tables, and as JSON Resume."""
    own, path = folder / "profile.toml", folder / resume.FILE
    if not path.exists():
        if profile.resume and not profile.resume_lede:
            line = 1 + toml.line_of_key(toml.read(own), ("resume",))
            raise ContentError(own, line, "resume_lede: is missing, a line below the head of the résumé")
        if "resume" in (profile.nav or ()) and not profile.resume:
            line = 1 + toml.line_of_item(toml.read(own), "nav", (profile.nav or ()).index("resume"))
            raise ContentError(
                own, line, f"nav: there is no résumé: no [[resume]], and no {resume.FILE} beside it"
            )
        return profile, resume.write(profile)
    if profile.resume:
        line = 1 + toml.line_of_key(toml.read(own), ("resume",))
        raise ContentError(own, line, f"the résumé is in {resume.FILE} already; leave it in one of them")
    sections, document = resume.read(toml.read(path), path)
    return profile.model_copy(update={"resume": sections}), document


def _portrait(profile: Profile, folder: Path) -> tuple[Picture, str] | None:
    if (portrait := profile.portrait) is None:
        return None
    own = folder / "profile.toml"
    try:
        picture = pictures.locate(portrait.file, own, folder)
        return picture, picture.html(pictures.words_for(portrait.alt, portrait.file), place="portrait")
    except WrongPicture as error:
        line = 1 + toml.line_of_key(toml.read(own), ("portrait", "file"))
        raise ContentError(own, line, f"portrait: {error}") from None


def _in_order(articles: Iterable[Article], on: datetime.date | None) -> tuple[Article, ...]:
    """The articles that are shown on a day: not drafts, and none from a later one. Without a day all are."""
    newest_first = sorted(articles, key=lambda article: article.front.date, reverse=True)
    shown = sorted(newest_first, key=lambda article: article.front.order)
    return tuple(article for article in shown if on is None or article.is_public(on))


def _taken_names(articles: Iterable[Article], folder: Path) -> Iterator[ContentError]:
    """Every former name of an article that another one has or had."""
    taken: dict[str, Article | None] = {f"/{kind}/{name}": None for kind in _TAKEN for name in _TAKEN[kind]}
    taken |= {article.path: article for article in articles}
    for article in articles:
        for number, name in enumerate(article.former_paths):
            if taken.setdefault(name, article) is not article or name == article.path:
                path = folder / article.kind / f"{article.slug}.md"
                front, *_ = toml.split(toml.read(path), path, bare=True)
                line = 2 + toml.line_of_item(front, "formerly", number)
                taker = "an article, or was another's" if taken[name] else "another page"
                yield ContentError(path, line, f"formerly: {name} is the address of {taker}")


def _files(folder: Path, kind: Kind) -> list[Path]:
    return sorted(path for path in (folder / kind).glob("*.md") if _is_text(path))


def _is_text(path: Path) -> bool:
    """Whether it is no file of an editor or a computer, and not what tells people about a folder."""
    return path.is_file() and not path.name.startswith(".") and path.stem.lower() != "readme"


def _article(path: Path, kind: Kind, hides: Callable[[str], bool]) -> Article:
    if not _SLUG.fullmatch(path.stem):
        raise ContentError(path, 1, "the file's name becomes its address: a-z, 0-9 and single hyphens only")
    if len(path.stem) > LONGEST_NAME:
        raise ContentError(path, 1, f"the file's name becomes its address: at most {LONGEST_NAME} characters")
    if path.stem in _TAKEN[kind]:
        raise ContentError(path, 1, f"/{kind}/{path.stem} is another page; give the file another name")
    front, body, body_line = toml.split(toml.read(path), path, bare=kind == "work")
    measured = figures.named_in(front, path, 2)
    parsed = toml.parse(figures.fill(front, measured, path, 2), FrontMatter, path, first_line=2)
    if parsed.discuss and not body.strip():
        line = 2 + toml.line_of_key(front, ("discuss",))
        raise ContentError(path, line, "discuss: without a text there is no page for a room to stand on")
    root = path.parents[1]
    rendered = markdown.render(
        figures.fill(body, measured, path, body_line),
        path,
        body_line,
        hides=hides,
        root=root,
        math=parsed.math,
    )
    cover = _cover(parsed.cover, front, path, root) if parsed.cover else None
    return Article(
        kind=kind,
        slug=path.stem,
        front=parsed,
        html=rendered.html,
        links=rendered.links,
        minutes=_minutes(body),
        pictures=(*rendered.pictures, *([cover[0]] if cover else [])),
        cover=cover[1] if cover else "",
        headings=rendered.headings,
    )


def _minutes(text: str) -> int:
    """How long it takes to read, at least one minute for any text."""
    words, signs = len(_UNSPACED.sub(" ", text).split()), len(_UNSPACED.findall(text))
    return math.ceil(words / WORDS_A_MINUTE + signs / SIGNS_A_MINUTE)


def _cover(cover: Cover, front: str, path: Path, root: Path) -> tuple[Picture, str]:
    try:
        picture = pictures.locate(cover.file, path, root)
        return picture, picture.html(pictures.words_for(cover.alt, cover.file), place="card")
    except WrongPicture as error:
        raise ContentError(path, 2 + toml.line_of_key(front, ("cover", "file")), f"cover: {error}") from None
