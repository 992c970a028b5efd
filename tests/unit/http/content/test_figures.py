"""A text's figures are those of the recorded benchmark, or nothing is built."""

import json
from pathlib import Path
from typing import Any

import pytest

from portfolio_app.http.content import figures
from portfolio_app.http.content.loader import read
from portfolio_app.http.content.model import ContentError
from tests.unit.http.content import stranger

TABLE = """
[figures]
rate = "fanout.ours.100.per_s"
times = "fanout.ours.100.per_s / fanout.theirs.100.per_s"
lowest = "lowest fanout.ours.100.per_s"
highest = "highest fanout.ours.100.per_s"
"""


def rows(system: str, *values: float | None) -> list[dict[str, Any]]:
    common = {"measure": "fanout", "system": system, "n": 100, "metric": "per_s", "unit": "1/s"}
    return [common | {"value": value} | ({} if value else {"error": "none within 60 s"}) for value in values]


@pytest.fixture(autouse=True)
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "latest.json"
    found = [
        *rows("ours", 61_000.4, 70_000.6, 50_000),
        *rows("theirs", 1_000.0),
        *rows("broken", 1.0, None),
        *rows("still", 0.0),
    ]
    path.write_text(json.dumps({"rows": found}))
    monkeypatch.setattr(figures, "RESULTS", path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return stranger.write(tmp_path / "content")


def write(folder: Path, front: str, body: str) -> None:
    """The one article of `folder`, its front matter to line 5, and then `front`."""
    text = stranger.ARTICLE.replace("\n+++\n\n##", f"{front}+++\n{body}\n\n##")
    assert front in text
    (folder / "work" / "note-g.md").write_text(text.replace("by machine", "by {{rate}} machines"))


def refused(folder: Path) -> str:
    with pytest.raises(ContentError) as caught:
        read(folder)
    return str(caught.value).removeprefix(f"{folder}/")


def test_a_figure_is_the_median_of_its_rounds_wherever_the_text_has_its_name(folder: Path) -> None:
    write(folder, TABLE, "{{rate}} a second, {{times}} times as many, `{{lowest}}` to {{highest}}.")
    (article,) = read(folder).work
    assert article.front.summary == "Bernoulli numbers, by 61,000 machines."
    assert "<p>61,000 a second, 61.0 times as many, <code>50,000</code> to 70,001.</p>" in article.html


def test_a_profile_has_figures_as_well(folder: Path) -> None:
    text = stranger.PROFILE.replace("Note G", "Note {{rate}}") + TABLE
    (folder / "profile.toml").write_text(text)
    assert read(folder).profile.resume[0].entries[0].points == ("Note 61,000",)


def test_a_text_without_figures_keeps_its_braces(folder: Path, results: Path) -> None:
    write(folder, "\n", "A template says {{rate}}.")
    results.unlink()
    (article,) = read(folder).work
    assert "A template says {{rate}}." in article.html
    assert article.front.summary == "Bernoulli numbers, by {{rate}} machines."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rate = ", "race = ", "work/note-g.md:3: {{rate}} is not among the [figures]"),
        ("{{times}}", "{{time}}", "work/note-g.md:13: {{time}} is not among the [figures]"),
        (
            "ours.100.per_s / ",
            "ours.99.per_s / ",
            "work/note-g.md:8: figures.times: benchmarks/results/latest.json has no fanout.ours.99.per_s",
        ),
        (
            "theirs",
            "broken",
            "work/note-g.md:8: figures.times: fanout.broken.100.per_s has a round without a value: none within 60 s",
        ),
        (
            "/ fanout.theirs.100.per_s",
            "/ fanout.still.100.per_s",
            "work/note-g.md:8: figures.times: 'fanout.ours.100.per_s / fanout.still.100.per_s' divides by 0",
        ),
        (
            'highest = "highest fan',
            '"highest (ms" = "high fan',
            "work/note-g.md:10: figures.highest (ms: 'high fanout",
        ),
        ("lowest fan", "least fan", "work/note-g.md:9: figures.lowest: 'least fanout.ours.100.per_s' is no"),
        ('"highest fanout.ours.100.per_s"', '""', "work/note-g.md:10: figures.highest: '' is no"),
        (
            '"highest fanout.ours.100.per_s"',
            "3",
            "work/note-g.md:10: figures.highest: must be a text",
        ),
    ],
)
def test_a_figure_that_is_not_there_is_named_by_its_line(folder: Path, old: str, new: str, said: str) -> None:
    write(folder, TABLE, "\n{{times}} times.")
    path = folder / "work" / "note-g.md"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    assert refused(folder).startswith(said)


def test_without_results_the_text_that_wants_them_is_named(folder: Path, results: Path) -> None:
    write(folder, TABLE, "{{rate}}")
    results.unlink()
    assert refused(folder) == (
        "work/note-g.md:7: figures.rate: benchmarks/results/latest.json is not there to take it from"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (61_163.7, "61,164"),
        (999.6, "1,000"),
        (142.02, "142"),
        (39.95, "40.0"),
        (8.2317, "8.23"),
        (0.189, "0.189"),
        (0, "0"),
    ],
)
def test_three_digits_count_and_whole_numbers_are_whole(value: float, text: str) -> None:
    assert figures.written(value) == text
