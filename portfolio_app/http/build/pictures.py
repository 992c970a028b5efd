"""The pictures that stand for a page elsewhere: cards, icons, and the manifest that names the icons.

They have the site's dark colours, wherever they are shown.
"""

import json
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from portfolio_app.http.build.head import card_of
from portfolio_app.http.content.loader import content
from portfolio_app.http.content.model import Profile
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.palette import colours, marks

CARD: Final = (1200, 630)
ICONS: Final = (180, 192, 512)
MANIFEST: Final = "site.webmanifest"
ASSETS: Final = Path(__file__).parents[3] / "assets"
"""The folder in which the owner may have put an own icon, as `icon.svg` and `icon.png`."""

_PACKED: Final = 6
"""Compression level of a card, which only other sites' programs fetch: ten times as fast as 9, a tenth more bytes."""
_FONT: Final = "fonts/geist-latin-wght-normal.woff2"
_EDGE: Final = 80
_MARK: Final = 64
_TITLE_LINES: Final = 3
_TITLE_AT: Final = (_EDGE, 190)
_TITLE_BOTTOM: Final = 425
_TITLE_SIZES: Final = (84, 72, 60, 48, 40)
_LINE_SIZES: Final = (34, 28, 23)
_ROOM: Final = CARD[0] - 2 * _EDGE


def draw_all(static: Path, pages: Iterable[Page]) -> None:
    """Draw into the built frontend: one card for each listed page, the icons, the manifest."""
    profile = content().profile
    for page in pages:
        if page.listed:
            target = static / card_of(page).lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            card(page.title or profile.claim, profile).save(target, compress_level=_PACKED)
    for size in ICONS:
        icon(size).save(static / f"icon-{size}.png", optimize=True)
    if not (ASSETS / "icon.svg").exists():
        (static / "icon.svg").write_text(icon_svg(), encoding="utf-8")
    (static / MANIFEST).write_text(json.dumps(manifest(profile), ensure_ascii=False), encoding="utf-8")


def card(title: str, profile: Profile) -> Image.Image:
    """The title on the site's dark ground, and below it whose site it is."""
    known = colours("dark")
    picture = Image.new("RGB", CARD, known["ground"])
    draw = ImageDraw.Draw(picture)
    if own := _own_icon(_MARK):
        picture.paste(own, (_EDGE, _EDGE))
    else:
        _strokes(draw, _EDGE, _EDGE, _MARK)
    _title(draw, title)
    foot = CARD[1] - _EDGE
    _line(draw, foot - 44, profile.site, known["ink"], 600)
    _line(draw, foot, profile.role, known["muted"], 400)
    return picture.quantize(64, dither=Image.Dither.NONE)


def icon(size: int) -> Image.Image:
    """The owner's, or four strokes, one a layer; drawn large and scaled down, so that edges are smooth."""
    if own := _own_icon(size):
        return own
    large = size * 4
    picture = Image.new("RGB", (large, large), colours("dark")["ground"])
    _strokes(ImageDraw.Draw(picture), large * 3 // 16, large * 3 // 16, large * 10 // 16)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def icon_svg() -> str:
    """The icon of a browser's tab: the same four strokes."""
    strokes = "".join(
        f'<path d="M{3.5 + 3 * number} 3v10" stroke="{hue}" stroke-width="2"/>'
        for number, hue in enumerate(marks().values())
    )
    ground = f'<rect width="16" height="16" rx="3" fill="{colours("dark")["ground"]}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{ground}{strokes}</svg>\n'


def manifest(profile: Profile) -> dict[str, object]:
    """The web app manifest, by which a phone's home screen names and draws the site."""
    ground = colours("dark")["ground"]
    icons = [
        {"src": f"/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in ICONS[1:]
    ]
    return {
        "name": profile.site,
        "short_name": profile.site[:12],
        "description": profile.summary,
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": ground,
        "theme_color": ground,
        "icons": [*icons, {"src": "/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }


def _own_icon(size: int) -> Image.Image | None:
    if not (path := ASSETS / "icon.png").exists():
        return None
    with Image.open(path) as picture:
        own = picture.convert("RGBA").resize((size, size), Image.Resampling.LANCZOS)
    # Phones put black behind what can be seen through.
    ground = Image.new("RGBA", own.size, colours("dark")["ground"])
    return Image.alpha_composite(ground, own).convert("RGB")


def _strokes(draw: ImageDraw.ImageDraw, left: int, top: int, side: int) -> None:
    width = side * 3 // 16
    for number, colour in enumerate(marks().values()):
        x = left + number * (side - width) // 3
        draw.rectangle((x, top, x + width - 1, top + side - 1), colour)


def _line(draw: ImageDraw.ImageDraw, y: int, text: str, colour: str, weight: int) -> None:
    """One line, smaller where it would not fit; the ends of letters stand at `y`."""
    fonts = [font for size in _LINE_SIZES if (font := _font(size, weight, text))]
    fitting = (font for font in fonts if font.getlength(text) <= _ROOM)
    if fonts:
        draw.text((_EDGE, y), text, colour, next(fitting, fonts[-1]), anchor="ls")


def _title(draw: ImageDraw.ImageDraw, title: str) -> None:
    fonts = [font for size in _TITLE_SIZES if (font := _font(size, 560, title))]
    if not fonts:
        return  # boxes in place of letters say less than nothing
    font = next((font for font in fonts if _fits(draw, title, font)), fonts[-1])
    text = "\n".join(_wrapped(title, font)[: _TITLE_LINES + 1])
    draw.multiline_text(_TITLE_AT, text, colours("dark")["ink"], font, spacing=int(font.size) // 6)


def _fits(draw: ImageDraw.ImageDraw, title: str, font: ImageFont.FreeTypeFont) -> bool:
    lines = _wrapped(title, font)
    box = draw.multiline_textbbox(_TITLE_AT, "\n".join(lines), font, spacing=int(font.size) // 6)
    return len(lines) <= _TITLE_LINES and box[2] <= CARD[0] - _EDGE and box[3] <= _TITLE_BOTTOM


def _wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """Lines of whole words; a script without spaces, and a word that is too long at any size, break anywhere."""
    smallest = font.size <= _TITLE_SIZES[-1]
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= _ROOM:
            lines[-1] = longer
        elif font.getlength(word) > _ROOM and (smallest or not word.isascii()):
            lines += _broken(word, font)
        else:
            lines.append(word)
    return [line for line in lines if line]


def _broken(word: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for sign in word:
        if font.getlength(lines[-1] + sign) > _ROOM:
            lines.append("")
        lines[-1] += sign
    return lines


def _font(size: int, weight: int, text: str) -> ImageFont.FreeTypeFont | None:
    """The site's font if it has every sign of `text`, else one of the machine that has; None if there is none."""
    own = str(ASSETS / _FONT)
    if _has(own, text):
        return _loaded(own, size, weight)
    signs = "".join(sorted(set(text) - set(" ")))
    found = _font_with(signs)
    return _loaded(found, size) if found and _has(found, text) else None


@cache
def _loaded(file: str, size: int, weight: int | None = None) -> ImageFont.FreeTypeFont:
    """A font of so many pixels; there are a few, and some fonts of the machine are large."""
    font = ImageFont.truetype(file, size)
    if weight is not None:
        font.set_variation_by_axes([weight])
    return font


def _has(file: str, text: str) -> bool:
    return all(_draws(file, sign) for sign in set(text) if sign.isalnum())


@cache
def _draws(file: str, sign: str) -> bool:
    """Whether a font has a glyph for a character. One that is missing is drawn as the font's replacement box."""
    font = _loaded(file, _LINE_SIZES[0])
    return bytes(font.getmask(sign)) != bytes(font.getmask("\U0010fffe"))


@cache
def _font_with(signs: str) -> str | None:
    """A font file of the machine with these signs, as fontconfig finds it."""
    wanted = "sans:charset=" + " ".join(f"{ord(sign):x}" for sign in signs)
    try:
        command = ("fc-match", "--format=%{file}", wanted)
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603 (hex digits)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None
