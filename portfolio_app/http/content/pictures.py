"""Pictures beside the texts: located and measured with the content, written in several widths by the build.

A page names a file by its digest and width, so that HTML can be made without encoding anything, and what has been
encoded once is kept.
"""

import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from PIL import Image, ImageOps, UnidentifiedImageError, features

from portfolio_app.words import t

ADDRESS: Final = "/pictures/"
DECORATIVE: Final = "decorative"
"""Written instead of words, of a picture that says nothing the text does not."""
FIRST: Final = ' fetchpriority="high"'
"""The attribute of the picture that the first screen shows: it comes before the page's scripts."""
WIDTHS: Final = (480, 800, 1440)
"""800 is the column of text on a desktop (704), and a phone of 360 to 412 pixels that draws two for one; 1440 is the
column, and a phone, at more."""
_MOST_PIXELS: Final = 50_000_000
_ENCODED: Final[dict[str, dict[str, int]]] = {
    "avif": {"quality": 60, "speed": 8},
    "webp": {"quality": 80, "method": 2},
}
"""Settings of the encoders that save time: at their own a photograph takes five times as long, and is 4 % smaller."""
_SIZES: Final = {
    "text": "(min-width: 48rem) 44rem, 100vw",
    "card": "(min-width: 60rem) 20rem, 100vw",
    "whole": "100vw",
    "portrait": "8rem",
}
_READ: Final = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")
_SMALL: Final = 480
"""Pixels up to which a raster picture is whole on any screen."""
_TURNED: Final = range(5, 9)
_ORIENTATION: Final = 0x0112
_LONGEST_NAME: Final = 80
_SVG: Final = "{http://www.w3.org/2000/svg}svg"
"""The root of an SVG file: without the namespace a browser draws it within a page, but not as a file."""


class WrongPicture(ValueError):
    """A text can't show this picture; the message says why, `lines` how far into its block it stands."""

    lines = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """One file with its size as it is shown; `dark` is what stands for it on a dark ground."""

    file: Path
    digest: str
    width: int
    height: int
    dark: "Picture | None" = None

    def html(self, alt: str, *, place: str = "text", mode: str = "", first: bool = False) -> str:
        """The element that shows it, one for each ground; loaded when it comes near, or at once as the `first`."""
        if self.dark and not mode:
            light = self.html(alt, place=place, mode="light", first=first)
            return light + self.dark.html(alt, place=place, mode="dark", first=first)
        shown_in = f' data-shown-in="{mode}"' if mode else ""
        sources = "".join(self._source(kind, place) for kind in self._kinds())
        *_, last = self.files()
        # Of two, the browser knows which one is shown when it has the styles.
        loaded = "" if first and not mode else ' loading="lazy"'
        loaded += FIRST if first else ' decoding="async"'
        # `loading` stands before `src`: a browser may ask for a file as soon as it has read its address.
        image = (
            f'<img{loaded} width="{self.width}" height="{self.height}"'
            f' alt="{escape(alt)}" src="{ADDRESS}{last.name}">'
        )
        return f"<picture{shown_in}>{sources}{image}</picture>"

    def files(self) -> Iterator["Made"]:
        """Every file that the pages name, smallest first; a drawing stays one file."""
        if _is_drawing(self.file):
            yield Made(self, "svg", self.width)
            return
        for kind in _kinds():
            for width in sorted({min(width, self.width) for width in WIDTHS}):
                yield Made(self, kind, width)

    def _kinds(self) -> tuple[str, ...]:
        return () if _is_drawing(self.file) else _kinds()

    def _source(self, kind: str, place: str) -> str:
        widths = ", ".join(
            f"{ADDRESS}{made.name} {made.width}w" for made in self.files() if made.kind == kind
        )
        return f'<source type="image/{kind}" srcset="{widths}" sizes="{_SIZES[place]}">'


@dataclass(frozen=True, slots=True)
class Made:
    """One file of a picture, as browsers get it."""

    of: Picture
    kind: str
    width: int

    @property
    def name(self) -> str:
        """The file's name, by its content: a file of this name never changes."""
        width = "" if self.kind == "svg" else f"-{self.width}"
        return f"{self.of.digest}{width}.{self.kind}"

    def write(self, target: Path) -> None:
        """Encode it; what cameras write beside the pixels (place, owner) is left out."""
        draft = target.with_suffix(".draft")
        if self.kind == "svg":
            draft.write_bytes(self.of.file.read_bytes())
        else:
            smaller = _scaled(self.of, self.width)
            smaller.save(
                draft,
                self.kind,
                exif=b"",
                icc_profile=smaller.info.get("icc_profile"),
                **_ENCODED[self.kind],
            )
        draft.replace(target)


def locate(name: str, beside: Path, root: Path) -> Picture:
    """The picture that a text names, relative to the file `beside` and inside `root`. Raises WrongPicture."""
    try:
        file = (beside.parent / name).resolve()
        there = file.is_file()
    except (OSError, ValueError):  # a name that no file can have
        raise WrongPicture(f"there is no picture {name[:_LONGEST_NAME]!r}") from None
    if not file.is_relative_to(root.resolve()) or ":" in name or name.startswith("/"):
        raise WrongPicture(f"a picture lies beside the text that shows it, unlike {name}")
    if not there:
        raise WrongPicture(f"there is no picture {name}")
    found = _measured(file, file.stat().st_mtime_ns)
    dark = file.with_name(f"{file.stem}.dark{file.suffix}")
    if not dark.is_file():
        return found
    other = _measured(dark, dark.stat().st_mtime_ns)
    if (other.width, other.height) != (found.width, found.height):
        raise WrongPicture(f"{dark.name} is {other.width} x {other.height}, and {file.name} is not")
    return Picture(found.file, found.digest, found.width, found.height, other)


def words_for(alt: str, name: str) -> str:
    """The words of a picture where it isn't seen, if it needs any. Raises WrongPicture where the text does not say."""
    if not alt.strip():
        raise WrongPicture(
            f"{name} has no words for readers who can't see it; ![{DECORATIVE}]({name}) has none to say"
        )
    return "" if alt.strip() == DECORATIVE else alt


def enlargeable(picture: Picture, alt: str, name: str, *, first: bool = False) -> str:
    """The picture as a button that shows it as large as the window, by what browsers bring; small ones are as they are.

    `name` is its own on the page: no heading's address has an underscore.
    """
    if not _is_drawing(picture.file) and picture.width <= _SMALL:
        return picture.html(alt, first=first)
    words = escape(t("Enlarge: {alt}", alt=alt) if alt else t("Enlarge the picture"))
    large = f'aria-label="{escape(alt) or words}" data-enlarged>{picture.html(alt, place="whole")}'
    # A popover: it opens without a script, Escape closes it, and the focus goes back to where it was.
    return (
        f'<button type="button" data-enlarge popovertarget="{name}" aria-label="{words}">'
        f"{picture.html(alt, first=first)}</button>"
        f'<dialog popover id="{name}" {large}'
        f'<button type="button" popovertarget="{name}" popovertargetaction="hide" autofocus>'
        f"{escape(t('Close'))}</button></dialog>"
    )


def write_all(pictures: Iterable[Picture], folder: Path) -> None:
    """Every file of these pictures into `folder`, those that are not there yet; others are removed from it."""
    each = [one for picture in pictures for one in (picture, picture.dark) if one]
    wanted = {made.name: made for one in each for made in one.files()}
    for file in folder.glob("*"):
        if file.name not in wanted:
            file.unlink()
    for made in sorted(wanted.values(), key=lambda made: (made.of.digest, made.width)):
        if not (target := folder / made.name).exists():
            folder.mkdir(parents=True, exist_ok=True)
            made.write(target)
    _opened.cache_clear()
    _scaled.cache_clear()


@lru_cache(maxsize=1)
def _opened(picture: Picture) -> Image.Image:
    """The pixels as they are shown: turned as the camera says, with what can be seen through if there is any."""
    with Image.open(picture.file) as opened:
        turned = ImageOps.exif_transpose(opened)
    flat = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    if turned.mode not in ("RGB", "RGBA"):
        flat.info.pop("icc_profile", None)  # it is about other colours: of ink, or greys
    return flat


@lru_cache(maxsize=1)
def _scaled(picture: Picture, width: int) -> Image.Image:
    """Read and made smaller once for all kinds of files."""
    height = max(1, round(picture.height * width / picture.width))
    return _opened(picture).resize((width, height), Image.Resampling.LANCZOS)


@cache
def _kinds() -> tuple[str, ...]:
    return tuple(kind for kind in _ENCODED if features.check(kind))


@cache
def _measured(file: Path, _changed_ns: int) -> Picture:
    content = file.read_bytes()
    width, height = (_size_of_drawing if _is_drawing(file) else _size)(file)
    return Picture(file, f"{_plain(file.stem)}-{hashlib.sha256(content).hexdigest()[:10]}", width, height)


def _is_drawing(file: Path) -> bool:
    return file.suffix.lower() == ".svg"


def _plain(stem: str) -> str:
    """A file's name for people who read addresses; the digest tells files apart."""
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in stem.lower())[:40]


def _size(file: Path) -> tuple[int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=_READ) as picture:
                width, height = picture.size
                turned = picture.getexif().get(_ORIENTATION) in _TURNED
                if getattr(picture, "n_frames", 1) > 1:
                    raise WrongPicture(f"{file.name} moves; a picture stands still")
                if width * height > _MOST_PIXELS:
                    raise WrongPicture(
                        f"{file.name} has more than {_MOST_PIXELS // 1_000_000} million pixels"
                    )
                picture.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise WrongPicture(f"{file.name} has more than {_MOST_PIXELS // 1_000_000} million pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, WrongPicture):
            raise
        raise WrongPicture(f"{file.name} is no PNG, JPEG, WebP, AVIF, GIF or SVG that can be read") from None
    return (height, width) if turned else (width, height)


def _size_of_drawing(file: Path) -> tuple[int, int]:
    try:
        root = ET.parse(file).getroot()  # noqa: S314 (the owner's own file)
    except (ET.ParseError, LookupError) as error:  # an encoding that is not known
        raise WrongPicture(f"{file.name} is no SVG: {error}") from None
    if root.tag != _SVG:
        raise WrongPicture(
            f'{file.name} is no SVG: a file begins with <svg xmlns="http://www.w3.org/2000/svg">'
        )
    for element in root.iter():
        runs = element.tag.rpartition("}")[2] in ("script", "foreignObject")
        if runs or any(name.lower().startswith("on") for name in element.attrib):
            raise WrongPicture(f"{file.name} has a script; a picture runs nothing")
    given = [root.get("width", ""), root.get("height", "")]
    if not all(re.fullmatch(r"[\d.]+(px)?", side) for side in given):  # millimetres, parts of a window
        given = root.get("viewBox", "").replace(",", " ").split()[2:]
    try:
        width, height = (round(float(side.removesuffix("px"))) for side in given)
    except (ValueError, OverflowError):
        width = height = 0
    if width < 1 or height < 1:
        raise WrongPicture(f"{file.name} says neither width and height nor a viewBox")
    return width, height
