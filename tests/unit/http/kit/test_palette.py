"""Contrast as WCAG 2 computes it, of the colours that the stylesheet has."""

import pytest

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


def test_lengths_are_as_they_are_written() -> None:
    assert lengths("text-")["text-sm"] == "0.875rem"
    assert lengths("text-")["text-xl"].startswith("clamp(")
