"""Contrast as WCAG 2 computes it, of the colours that the stylesheet has."""

import re
from pathlib import Path

import pytest

from portfolio_app.http.content.model import ContentError
from portfolio_app.http.kit import palette
from portfolio_app.http.kit.marks import LAYERS
from portfolio_app.http.kit.palette import colours, contrast, lengths, marks


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#777777", "#ffffff", 4.478),
        ("#ff0000", "#ffffff", 3.998),
        ("#123456", "#123456", 1),
    ],
)
def test_the_ratio_is_that_of_the_standard_whichever_comes_first(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.001)
    assert contrast(other, one) == contrast(one, other)


def test_themes_differ_in_their_grounds_and_share_the_marks_of_the_layers() -> None:
    light, dark = colours("light"), colours("dark")
    assert light["ground"] != dark["ground"]
    assert light["http-mark"] == dark["http-mark"]
    assert light.keys() == dark.keys()


def test_each_layer_has_a_mark_in_the_order_of_the_layers() -> None:
    assert tuple(marks()) == LAYERS


@pytest.mark.parametrize("value", ["#fff", "white", "#zzzzzz", "light-dark(#fff, #0a0c0a)"])
def test_a_colour_in_another_form_is_named_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    wrong = tmp_path / "tokens.css"
    css = re.sub("--ground: .*;", f"--ground: {value};", palette.TOKENS.read_text(encoding="utf-8"))
    wrong.write_text(css, encoding="utf-8")
    monkeypatch.setattr(palette, "TOKENS", wrong)
    line = css.partition("--ground:")[0].count("\n") + 1
    with pytest.raises(ContentError, match=f"^{wrong}:{line}: --ground: the form of a colour is #rrggbb or "):
        colours("dark")["ground"]
    assert colours("dark")["ink"].startswith("#")


def test_lengths_are_as_they_are_written() -> None:
    assert lengths("text-")["text-sm"] == "0.875rem"
    assert lengths("text-")["text-xl"].startswith("clamp(")
