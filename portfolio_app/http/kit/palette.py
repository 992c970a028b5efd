"""The design tokens as the stylesheet has them, and how well one colour reads on another."""

import re
from pathlib import Path
from typing import Final, Literal

from portfolio_app.http.content.model import wrong_colour

Theme = Literal["light", "dark"]

THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
TOKENS: Final = Path(__file__).parents[3] / "assets/css/tokens.css"


_COLOUR: Final = "(#[0-9a-fA-F]{6})"


class _Colours(dict[str, str]):
    """Colours by the names of their tokens; one that is asked for in vain is a mistake in the stylesheet."""

    def __missing__(self, name: str) -> str:
        before, token, _ = TOKENS.read_text(encoding="utf-8").partition(f"--{name}:")
        line = before.count("\n") + 1 if token else 1
        raise wrong_colour(TOKENS, line, name)


def colours(theme: Theme) -> dict[str, str]:
    """Each colour by the name of its token, as `#rrggbb`; `ContentError` for one in another form that is asked for."""
    css = TOKENS.read_text(encoding="utf-8")
    both = re.findall(rf"--([\w-]+): light-dark\({_COLOUR}, {_COLOUR}\)", css)
    same = re.findall(rf"--([\w-]+): {_COLOUR};", css)
    return _Colours(dict(same) | {name: pair[THEMES.index(theme)] for name, *pair in both})


def marks() -> dict[str, str]:
    """The hue of each layer's marks, in the order of the stylesheet; both themes share them."""
    found = colours("dark").items()
    return {name.removesuffix("-mark"): colour for name, colour in found if name.endswith("-mark")}


def lengths(prefix: str) -> dict[str, str]:
    """Each length whose token begins with `prefix`, as it is written, in the order of the stylesheet."""
    css = TOKENS.read_text(encoding="utf-8")
    return dict(re.findall(rf"--({prefix}[\w-]*): ((?:clamp|\d).*?);", css))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
