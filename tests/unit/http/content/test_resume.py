"""The résumé goes out as JSON Resume and may come in as one."""

import json
from pathlib import Path

import pytest

from portfolio_app.http.content.loader import read
from portfolio_app.http.content.model import Content, ContentError
from tests.unit.http.content import stranger

DOCUMENT = {
    "$schema": "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json",
    "basics": {"name": "Ada", "url": "https://own.example", "profiles": [{"network": "Post"}]},
    "work": [
        {
            "name": "Babbage & Co.",
            "position": "Translator",
            "location": "London",
            "startDate": "1842-10-01",
            "endDate": "1843-09",
            "summary": "Of a memoir.",
            "highlights": ["Note G", ""],
            "url": "",
        },
        {"name": "Self", "startDate": "1850", "endDate": ""},
    ],
    "education": [{"institution": "Home", "area": "Algebra", "studyType": "Lessons", "courses": ["Series"]}],
    "skills": [{"name": "数学", "level": "Master", "keywords": ["a", "b"]}],
    "languages": [{"language": "Français", "fluency": "Fluent"}, {}],
    "awards": [],
    "meta": {"theme": "any"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = stranger.write(tmp_path / "content")
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text().partition("[[resume]]")[0])
    return folder


def given(folder: Path, document: object) -> Content:
    (folder / "resume.json").write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
    return read(folder)


def refused(folder: Path, text: str) -> str:
    (folder / "resume.json").write_text(text)
    with pytest.raises(ContentError) as caught:
        read(folder)
    return str(caught.value).removeprefix(f"{folder}/")


def test_a_json_resume_is_taken_as_it_is_and_given_out_as_it_is(folder: Path) -> None:
    found = given(folder, DOCUMENT)
    assert found.resume == DOCUMENT
    shown = {section.title: section.entries for section in found.profile.resume}
    assert list(shown) == ["Experience", "Education", "Skills", "Languages"]
    first, second = shown["Experience"]
    assert (first.title, first.where, first.when) == (
        "Translator",
        "Babbage & Co., London",
        "1842-10 to 1843-09",
    )
    assert (first.text, first.points) == ("Of a memoir.", ("Note G",))
    assert (second.title, second.where, second.when) == ("Self", None, "1850 to now")
    (lessons,) = shown["Education"]
    assert (lessons.title, lessons.where, lessons.points) == ("Lessons, Algebra", "Home", ("Series",))
    assert (shown["Skills"][0].text, shown["Skills"][0].points) == ("Master", ("a, b",))
    assert [entry.title for entry in shown["Languages"]] == ["Français"]


def test_a_profile_goes_out_as_json_resume(tmp_path: Path) -> None:
    folder = stranger.write(tmp_path / "content")
    profile = folder / "profile.toml"
    kept = 'title = "Engines"\n\n[['
    profile.write_text(profile.read_text().replace(kept, 'title = "Engines"\nkind = "work"\n\n[[', 1))
    document = read(folder).resume
    assert document["basics"]["name"] == "Ada Stranger"
    assert document["work"] == [{"position": "Translator", "name": "London", "highlights": ["Note G"]}]
    profile.write_text(profile.read_text().replace('kind = "work"\n', ""))
    assert read(folder).resume["sections"][0]["title"] == "Engines"
    profile.write_text(profile.read_text().replace('title = "Engines"', 'title = "Engines"\nkind = "wrok"'))
    with pytest.raises(ContentError, match=r"profile\.toml:18: resume\.0\.kind: Input should be 'work'"):
        read(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n"work": [\n}', "resume.json:3: not JSON: Expecting value"),
        (
            '{\n"x": [1, {"work": 2}],\n"work": [\n{},\n{"name":\n3}]}',
            "resume.json:6: work.1.name: must be a text",
        ),
        ('{"work":\n"all"}', "resume.json:2: work: must be a list"),
        ("[]", "resume.json:1: the whole: must be a table"),
        ("{}", "resume.json:1: has no work"),
        ("[" * 100_000, "resume.json:1: "),
        ('{"basics": {\n"age": NaN}, "work": []}', "resume.json:2: NaN is no number that JSON can hold"),
        ('{"work":\n[{"x": 1e999}]}', "resume.json:2: 1e999 is no number"),
        pytest.param('{"x":\n' + "9" * 5_000 + "}", "resume.json:2: 9999999999", id="long"),
        ('{"basics":\n{"name": "\\ud83d"}}', "resume.json:2: basics.name: holds the character U+D83D"),
    ],
)
def test_a_wrong_one_is_named_by_its_line(folder: Path, text: str, said: str) -> None:
    assert refused(folder, text).startswith(said)


def test_there_is_one_and_no_more(folder: Path, tmp_path: Path) -> None:
    assert read(folder).profile.resume == ()
    both = stranger.write(tmp_path / "both")
    with pytest.raises(ContentError, match=r"profile\.toml:16: the résumé is in resume\.json already"):
        given(both, DOCUMENT)
