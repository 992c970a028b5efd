"""The pictures that stand for a page elsewhere: cards, icons, and the manifest that names the icons."""

import json
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from portfolio_app.http.content.loader import content
from portfolio_app.http.content.model import Profile

CARD: Final = (1200, 630)
ICONS: Final = (180, 192, 512)
MANIFEST: Final = "site.webmanifest"
_GROUND: Final = "#0a0c0a"
_INK: Final = "#ebeee8"
_MUTED: Final = "#acb1aa"
_LAYERS: Final = ("#9763de", "#2f84db", "#bb760f", "#12939a")
_FONT: Final = Path(__file__).parents[2] / "assets/fonts/geist-latin-wght-normal.woff2"
_EDGE: Final = 80
_TITLE_LINES: Final = 3
_TITLE_SIZES: Final = (84, 72, 60, 48, 40)


def draw_all(static: Path) -> None:
    """Into the built frontend: one card for each listed page, the icons, the manifest."""
    from portfolio_app.http.pages import all_pages
    from portfolio_app.http.pages.head import card_of

    profile = content().profile
    for page in all_pages():
        if page.listed:
            target = static / card_of(page).lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            card(page.title or profile.claim, profile).save(target, optimize=True)
    for size in ICONS:
        icon(size).save(static / f"icon-{size}.png", optimize=True)
    (static / MANIFEST).write_text(json.dumps(manifest(profile), ensure_ascii=False), encoding="utf-8")


def card(title: str, profile: Profile) -> Image.Image:
    """The title on the site's dark ground, and below it whose site it is."""
    picture = Image.new("RGB", CARD, _GROUND)
    draw = ImageDraw.Draw(picture)
    _strokes(draw, _EDGE, _EDGE, 64)
    _title(draw, title)
    foot = CARD[1] - _EDGE
    draw.text((_EDGE, foot - 44), profile.site, _INK, _font(34, 600), anchor="ls")
    draw.text((_EDGE, foot), profile.role, _MUTED, _font(34, 400), anchor="ls")
    return picture.quantize(64, dither=Image.Dither.NONE)


def icon(size: int) -> Image.Image:
    """Four strokes, one a layer; drawn large and scaled down, so that edges are smooth."""
    large = size * 4
    picture = Image.new("RGB", (large, large), _GROUND)
    _strokes(ImageDraw.Draw(picture), large * 3 // 16, large * 3 // 16, large * 10 // 16)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def manifest(profile: Profile) -> dict[str, object]:
    """What a phone's home screen needs to know."""
    icons = [
        {"src": f"/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in ICONS[1:]
    ]
    return {
        "name": profile.site,
        "short_name": profile.site[:12],
        "description": profile.summary,
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": _GROUND,
        "theme_color": _GROUND,
        "icons": [*icons, {"src": "/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }


def _strokes(draw: ImageDraw.ImageDraw, left: int, top: int, side: int) -> None:
    width = side * 3 // 16
    for number, colour in enumerate(_LAYERS):
        x = left + number * (side - width) // 3
        draw.rectangle((x, top, x + width - 1, top + side - 1), colour)


def _title(draw: ImageDraw.ImageDraw, title: str) -> None:
    room = CARD[0] - 2 * _EDGE
    fitting = (size for size in _TITLE_SIZES if len(_wrapped(title, _font(size, 560), room)) <= _TITLE_LINES)
    font = _font(size := next(fitting, _TITLE_SIZES[-1]), 560)
    lines = _wrapped(title, font, room)[: _TITLE_LINES + 1]
    draw.multiline_text((_EDGE, 200), "\n".join(lines), _INK, font, spacing=size // 6)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(_FONT, size)
    font.set_variation_by_axes([weight])
    return font
