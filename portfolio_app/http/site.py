"""The composition of the site: which features there are, and which of them its owner's profile asks for.

Nothing heavy is imported before `features` is called: a wrong profile is refused first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from portfolio_app import folders
from portfolio_app.http.content import toml
from portfolio_app.http.content.loader import content, links
from portfolio_app.http.content.model import Content, ContentError, Profile, section_in

if TYPE_CHECKING:
    from portfolio_app.http.kit.page import Feature, NavEntry, Page, Section, Unsent


@dataclass(frozen=True, slots=True)
class Listed:
    """A feature by the name of its folder.

    `sections` are those it brings to the front page, `nav` its links in the header: the names that a profile may
    list. `needs` are features that draw a part of these sections. What is `always` there has pages without them.
    """

    name: str
    sections: tuple[str, ...] = ()
    nav: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    always: bool = False


FEATURES: Final = (
    Listed("log"),
    Listed("chat", nav=("chat",)),
    Listed("account"),
    Listed("moderation"),
    Listed("showcase", sections=("stats", "capabilities", "highlights", "patterns")),
    Listed("burst", sections=("burst",)),
    Listed("live", sections=("live",), needs=("showcase",)),
    Listed("attacks", sections=("attacks",), needs=("showcase",)),
    Listed("writing", sections=("work", "writing"), nav=("work", "writing", "resume"), always=True),
    Listed("home"),  # last to start, after the demos too: its pulse reads what others keep
)
"""A feature that brings sections is off while none of them is listed and no listed one needs it, if it may be."""


def check(found: Content, folder: Path | None = None) -> None:
    """Raises ContentError for the first of the `wrong_names` of a content folder, by default of the site's."""
    for wrong in wrong_names(found, folder or folders.content()):
        raise wrong


def wrong_names(found: Content, folder: Path) -> Iterator[ContentError]:
    """The names that the profile lists wrongly or twice, with which no site can start."""
    profile, path = found.profile, folder / "profile.toml"
    sections = [name for each in FEATURES for name in each.sections]
    yield from _wrong(profile.sections, "sections", sections, path)
    yield from _wrong(profile.nav, "nav", [name for each in FEATURES for name in each.nav], path)


def mistakes(found: Content, folder: Path) -> Iterator[ContentError]:
    """The `wrong_names`, and each link to a section that there is none of.

    A site starts with such a link: the section may be that of a feature whose folder was deleted.
    """
    yield from wrong_names(found, folder)
    sections = [name for each in FEATURES for name in each.sections]
    for file, link, _ in links(found, folder):
        if (section := section_in(link.href)) and section not in sections:
            reason = (
                f"links to {link.href}, and the front page has no such section, only {', '.join(sections)}"
            )
            yield ContentError(file, link.line, reason)


def present(profile: Profile) -> tuple[str, ...]:
    """The names of the features that a site with this profile has."""
    wanted = [
        feature
        for feature in FEATURES
        if feature.always or not feature.sections or any(map(profile.shows, feature.sections))
    ]
    names = {feature.name for feature in wanted} | {need for feature in wanted for need in feature.needs}
    return tuple(feature.name for feature in FEATURES if feature.name in names)


def absent(profile: Profile) -> frozenset[str]:
    """The names of the features that a site with this profile does not have."""
    return frozenset(feature.name for feature in FEATURES) - set(present(profile))


@cache
def features() -> "tuple[Feature, ...]":
    """The features of this site. Those that are off are not even imported: their states are not there."""
    from portfolio_app.http import demos

    *own, home = _without_demos()
    return (*own, *demos.features(), home)


def own_routes() -> list[str]:
    """The routes of all pages but those of demos. To list them imports every feature, and so registers its actions."""
    return ["/", *(page.route for feature in _without_demos() for page in feature.pages())]


@cache
def _without_demos() -> "tuple[Feature, ...]":
    check(content())
    return tuple(import_module(f"{__package__}.{name}").FEATURE for name in present(content().profile))


def sections() -> "list[Section]":
    """The sections of the front page, as the profile lists them; without a list all, feature by feature."""
    known = {section.name: section for feature in features() for section in feature.sections}
    listed = content().profile.sections
    return list(known.values()) if listed is None else [known[name] for name in listed]


def all_pages() -> "tuple[Page, ...]":
    """The front page, then those of every feature; the ones made of the owner's content among them."""
    from portfolio_app.http import demos
    from portfolio_app.http.home import home_page

    for wrong in demos.clashes(own_routes(), demos.found()):
        raise wrong
    return home_page(sections()), *(page for feature in features() for page in feature.pages())


def nav_entries() -> "list[NavEntry]":
    """The links in the header: as the profile lists them, then demos that want one, then what is for few.

    Without a list the owner's words come first, then what can be tried.
    """
    found = sorted((entry for feature in features() for entry in feature.nav), key=lambda entry: entry.order)
    listed = content().profile.nav
    if listed is None:
        return found
    shown = [entry for name in listed for entry in found if entry.name == name]
    choosable = {name for feature in FEATURES for name in feature.nav}
    return [*shown, *(entry for entry in found if entry.name not in choosable)]


def forms() -> "list[Unsent]":
    """The forms of the site that a browser posts by itself before the page's scripts are there."""
    return [form for feature in features() for form in feature.forms]


def _wrong(names: Sequence[str] | None, key: str, known: Sequence[str], path: Path) -> Iterator[ContentError]:
    for index, name in enumerate(names or ()):
        if name in known and name not in (names or ())[:index]:
            continue
        line = 1 + toml.line_of_item(path.read_text(encoding="utf-8"), key, index)
        wrong = f'"{name}" is listed twice' if name in known else f'there is no "{name}"'
        yield ContentError(path, line, f"{key}: {wrong}; what can be listed: {', '.join(known)}")
