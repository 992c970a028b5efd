"""Icons and cards have the colours of the stylesheet, or are the owner's own."""

from pathlib import Path

import pytest
from PIL import Image

from portfolio_app.http.build import pictures
from portfolio_app.http.content.loader import content
from portfolio_app.http.kit import palette
from portfolio_app.http.kit.head import head_components

BEFORE, AFTER = "#9763de", "#d0ffee"
GROUND = "#0a0c0a"


@pytest.fixture
def repainted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stylesheet in which one layer and the dark ground have other colours."""
    css = palette.TOKENS.read_text(encoding="utf-8").replace(GROUND, "#100000")
    path = tmp_path / "tokens.css"
    path.write_text(css.replace(f"--domain-mark: {BEFORE}", f"--domain-mark: {AFTER}"), encoding="utf-8")
    monkeypatch.setattr(palette, "TOKENS", path)


def shades(picture: Image.Image) -> set[str]:
    found = picture.convert("RGB").getcolors(1 << 20) or []
    return {"#{:02x}{:02x}{:02x}".format(*colour) for _, colour in found if isinstance(colour, tuple)}


@pytest.mark.usefixtures("repainted")
def test_what_is_drawn_follows_the_stylesheet() -> None:
    profile = content().profile
    for picture in (pictures.icon(192), pictures.card("A title", profile)):
        assert {AFTER, "#100000"} <= shades(picture)
        assert not {BEFORE, GROUND} & shades(picture)
    assert AFTER in pictures.icon_svg()
    assert pictures.manifest(profile)["theme_color"] == "#100000"
    assert "#100000" in str([tag.render() for tag in head_components("x")])


def test_an_icon_of_the_owners_takes_the_place_of_the_strokes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fonts").symlink_to(pictures.ASSETS / "fonts")
    Image.new("RGBA", (512, 512), (255, 0, 0, 255)).save(tmp_path / "icon.png")
    monkeypatch.setattr(pictures, "ASSETS", tmp_path)
    assert shades(pictures.icon(180)) == {"#ff0000"}
    drawn = shades(pictures.card("A title", content().profile))
    assert "#ff0000" in drawn
    assert BEFORE not in drawn


@pytest.mark.parametrize(
    "title",
    [
        "I build secure, observable backend systems with typed boundaries.",
        "Short",
        "A title as long as titles may be " * 2,
        "word " * 60,
    ],
)
def test_a_title_keeps_off_the_name_below_it(title: str) -> None:
    picture = pictures.card(title, content().profile)
    between = picture.crop((0, 452, picture.width, 472))
    assert shades(between) == {palette.colours("dark")["ground"]}


LONG = {
    "title": "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle und Sohn",
    "role": "Leitende Softwareentwicklung für verteilte Systeme und Messtechnik",
    "site": "Maximiliane Freifrau von Großmüller-Lüdenscheidt zu Hohenfels und Ahrensburg",
}


def test_long_names_and_words_are_drawn_whole() -> None:
    profile = content().profile.model_copy(update={"role": LONG["role"], "site": LONG["site"]})
    picture = pictures.card(LONG["title"], profile)
    edge = picture.crop((pictures.CARD[0] - 79, 0, *pictures.CARD))
    assert shades(edge) == {palette.colours("dark")["ground"]}


def test_a_script_without_spaces_breaks_into_lines() -> None:
    font = pictures._font(84, 560, "a")
    assert font is not None
    assert len(pictures._wrapped("応" * 40, font)) > 1


def test_what_no_font_can_write_is_left_out_instead_of_drawn_as_boxes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "_font_with", lambda _: None)
    picture = pictures.card("時計の同期", content().profile)
    assert shades(picture.crop((0, 180, picture.width, 450))) == {palette.colours("dark")["ground"]}
    assert pictures._font(48, 560, "Größe, ½ and “quotes” – 5 µs") is not None
