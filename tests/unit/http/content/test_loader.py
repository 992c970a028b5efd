"""Content is typed, and what is wrong with it is said by file and line."""

from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from portfolio_app.domain.chat.room import ARTICLE_PREFIXES, article_room
from portfolio_app.http.content.loader import content, problems, read
from portfolio_app.http.content.model import ContentError, Kind
from tests.unit.http.content import stranger

NOBODY = "A backend engineer"
"""The name in the profile that comes with the project."""

DRAFT = stranger.ARTICLE.replace("tags =", "draft = true\ntags =")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return stranger.write(tmp_path / "content")


def refused(folder: Path) -> str:
    with pytest.raises(ContentError) as caught:
        read(folder)
    text = str(caught.value)
    assert "\n" not in text
    return text.removeprefix(f"{folder}/")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("word " * 600, 3),
        ("待ち行列が長くなると、" * 100, 3),
        ("キュー。" * 250 + "word " * 100, 3),
        ("긴 줄 " * 200, 2),
    ],
)
def test_a_text_without_spaces_takes_its_time_to_read_too(folder: Path, text: str, minutes: int) -> None:
    path = folder / "work" / "note-g.md"
    front, _ = path.read_text(encoding="utf-8").split("+++\n\n")
    path.write_text(f"{front}+++\n\n{text}\n", encoding="utf-8")
    assert read(folder).work[0].minutes == minutes


def test_a_folder_becomes_profile_and_articles(folder: Path) -> None:
    found = read(folder)
    (article,) = found.work
    assert found.profile.links[0].href == "mailto:ada@engine.example"
    assert (article.path, article.front.date, article.minutes) == ("/work/note-g", date(1843, 9, 1), 1)
    assert found.writing == ()


def test_until_the_profile_names_an_owner_the_content_tells_of_the_project() -> None:
    found = content()
    if found.profile.name != NOBODY:
        pytest.skip("the content is an owner's, and as long as they like")
    assert len(found.work) >= 3
    assert len(found.writing) >= 2


@pytest.mark.parametrize("target", ["/work/nothing", "/writing/soon"])
def test_a_link_to_an_article_that_is_not_shown_is_refused(folder: Path, target: str) -> None:
    (folder / "writing" / "soon.md").write_text(DRAFT)
    article = folder / "work" / "note-g.md"
    text = f"{article.read_text()}\nSee [itself](/work/note-g#top), then [another]({target}).\n"
    article.write_text(text)
    line = text.rstrip().count("\n") + 1
    assert refused(folder) == f"work/note-g.md:{line}: links to {target}, where nothing is shown"


@pytest.mark.parametrize(
    "text", ["`[x](/work/nothing)`", "```text\n[x](/work/nothing)\n```", "[x](/work/note-g/)"]
)
def test_code_is_no_link_and_a_trailing_slash_leads_to_the_same_article(folder: Path, text: str) -> None:
    article = folder / "work" / "note-g.md"
    article.write_text(f"{article.read_text()}\n{text}\n")
    assert len(read(folder).work) == 1


def test_a_dead_link_in_the_profile_is_named_by_its_line(folder: Path) -> None:
    more = 'resume_lede = "One sheet."\n\n[[links]]\nlabel = "Work"\nhref = "/work/note-g"\n'
    edit(folder / "profile.toml", 'resume_lede = "One sheet."\n', more)
    edit(folder / "profile.toml", "mailto:ada@engine.example", "/writing/nothing#top")
    assert refused(folder) == "profile.toml:18: links to /writing/nothing, where nothing is shown"


def test_a_link_of_the_profile_to_a_heading_that_is_not_there_is_named_by_its_line(folder: Path) -> None:
    edit(folder / "profile.toml", "mailto:ada@engine.example", "/work/note-g#nothing")
    assert refused(folder).endswith(": links to /work/note-g#nothing, and no heading has this address")
    edit(folder / "profile.toml", "note-g#nothing", "note-g#top")
    assert read(folder).profile


def test_a_dead_link_below_one_to_a_section_that_is_off_is_named_by_its_line(folder: Path) -> None:
    edit(folder / "profile.toml", 'site = "', 'sections = []\nsite = "')
    hidden = '[[links]]\nlabel = "Fire"\nhref = "/#burst"\n\n[[links]]\nlabel = "Letters"'
    edit(folder / "profile.toml", '[[links]]\nlabel = "Letters"', hidden)
    edit(folder / "profile.toml", "mailto:ada@engine.example", "/writing/nothing")
    assert refused(folder) == "profile.toml:19: links to /writing/nothing, where nothing is shown"


def test_a_list_with_a_wrong_item_is_one_mistake_not_an_empty_list_as_well(folder: Path) -> None:
    edit(folder / "profile.toml", '["It might act upon other things besides number."]', '[""]')
    edit(folder / "profile.toml", 'title = "Translator"\n', "")
    said = [str(error).partition("profile.toml:")[2] for error in problems(folder)]
    assert said == ["7: ledes.0: must not be empty", "19: resume.0.entries.0.title: is missing"]


def test_a_name_that_is_too_long_for_the_files_of_its_page_is_refused(folder: Path) -> None:
    edit(folder / "work" / "note-g.md", '["numbers"]', f'["{"x" * 101}"]')
    assert refused(folder) == "work/note-g.md:5: tags.0: makes an address of more than 100 characters"
    edit(folder / "work" / "note-g.md", "x" * 101, "x" * 100)
    (folder / "work" / "note-g.md").rename(folder / "work" / f"{'g' * 101}.md")
    assert refused(folder).endswith("the file's name becomes its address: at most 100 characters")
    (folder / "work" / f"{'g' * 101}.md").rename(folder / "work" / f"{'g' * 100}.md")
    assert read(folder).work


def test_a_tag_that_is_written_twice_is_one(folder: Path) -> None:
    edit(folder / "work" / "note-g.md", '["numbers"]', '["Numbers", "C", "numbers", "C++", "Numbers "]')
    assert read(folder).work[0].front.tags == ("Numbers", "C", "C++")


def test_a_draft_is_left_out(folder: Path) -> None:
    (folder / "writing" / "soon.md").write_text(DRAFT)
    assert read(folder).writing == ()


def test_lower_order_comes_first_then_newer(folder: Path) -> None:
    for slug, front in {
        "old": "date = 1840-01-01",
        "new": "date = 1850-01-01",
        "first": "order = -1\ndate = 1800-01-01",
    }.items():
        (folder / "writing" / f"{slug}.md").write_text(stranger.ARTICLE.replace("date = 1843-09-01", front))
    assert [article.slug for article in read(folder).writing] == ["first", "new", "old"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('role = "Analytical engines"', "role = Analytical", "profile.toml:4: not TOML: Invalid value"),
        ('claim = "I weave algebra."', "claim = 3", "profile.toml:6: claim: must be a text between quotes"),
        ('role = "Analytical engines"\n', "", "profile.toml:1: role: is missing"),
        ('href = "mailto', 'href = "javascript', "profile.toml:14: links.0.href: must begin with /"),
        ("mailto:ada@engine.example", "https://[::1", "profile.toml:14: links.0.href: is no address"),
        ("mailto:ada@engine.example", "https://", "profile.toml:14: links.0.href: is no address"),
        ("mailto:ada@engine.example", "http://a:99999", "profile.toml:14: links.0.href: is no address"),
        ('site = "Ada', f'x = {"[" * 2000}\nsite = "Ada', "profile.toml:1: is nested too deeply"),
        (
            'label = "Letters"',
            'label = "Letters"\nlable = "x"',
            "profile.toml:14: links.0.lable: there is no such key",
        ),
        (
            'title = "Translator"',
            'title = " "',
            "profile.toml:20: resume.0.entries.0.title: must not be empty",
        ),
        (
            'name = "Ada Stranger"',
            'name = "Ada\\u001b[31m"',
            "profile.toml:3: name: holds the character U+001B, which no feed may carry",
        ),
        (
            'points = ["Note G"]',
            'points = [\n"a",\n"\\u0000"]',
            "profile.toml:22: resume.0.entries.0.points.1: holds",
        ),
        (
            'ledes = ["It might act upon other things besides number."]',
            "ledes = []",
            "profile.toml:7: ledes: must not",
        ),
        ('site = "Ada', 'lang = ""\nsite = "Ada', "profile.toml:1: lang: an empty text is no known language"),
        ('site = "Ada', 'lang = "de_AT.UTF-8"\nsite = "Ada', "profile.toml:1: lang: de_AT.UTF-8 is no known"),
        (
            "[[links]]",
            "portrait.file = 'gone.png'\nportrait.alt = 'x'\n\n[[links]]",
            "profile.toml:12: portrait: there",
        ),
        ('where = "London"', "where = 'a'\nwhere = 'b'", "profile.toml:22: not TOML: Cannot overwrite"),
    ],
)
def test_a_wrong_profile_is_named_by_its_line(folder: Path, old: str, new: str, said: str) -> None:
    edit(folder / "profile.toml", old, new)
    assert refused(folder).startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("+++\ntitle", "title", "work/note-g.md:1: must begin with +++"),
        ("]\n+++", "]", "work/note-g.md:1: the front matter has no closing +++"),
        ("1843-09-01", "'1843'", "work/note-g.md:4: date: must be a day without quotes, such as 2026-11-27"),
        (
            "date = 1843-09-01",
            "date = 1843-09-01\nupdated = 1843-08-31",
            "work/note-g.md:5: updated: must not be before its date, 1843-09-01",
        ),
        (
            "date = 1843-09-01",
            "updated = 1843-08-31\ndate = 1843-09-01",
            "work/note-g.md:4: updated: must not be before its date, 1843-09-01",
        ),
        ("tags", "tag", "work/note-g.md:5: tag: there is no such key"),
        ('title = "Note G"', 'title = "Note G', "work/note-g.md:2: not TOML: Illegal character"),
        ("## The", "# The", "work/note-g.md:8: the page's title is its only h1"),
        (
            "They",
            "```js {9}\nx\n```\nThey",
            "work/note-g.md:10: {9} marks lines that the block's 1 do not have",
        ),
    ],
)
def test_a_wrong_article_is_named_by_its_line(folder: Path, old: str, new: str, said: str) -> None:
    edit(folder / "work" / "note-g.md", old, new)
    assert refused(folder).startswith(said)


def test_an_article_of_nothing_is_refused(folder: Path) -> None:
    nothing = stranger.ARTICLE.partition("## ")[0]
    (folder / "writing" / "note-g.md").write_text(nothing)
    assert refused(folder) == "writing/note-g.md:6: nothing is written below the front matter"
    (folder / "writing" / "note-g.md").unlink()
    (folder / "work" / "note-g.md").write_text(nothing.replace("date =", "discuss = true\ndate ="))
    said = "work/note-g.md:4: discuss: without a text there is no page for a room to stand on"
    assert refused(folder) == said


def test_a_name_that_makes_no_address_is_refused(folder: Path) -> None:
    (folder / "work" / "Note_G.md").write_text(stranger.ARTICLE)
    assert refused(folder).startswith("work/Note_G.md:1: the file's name becomes its address")


def test_a_folder_without_a_profile_is_refused(folder: Path) -> None:
    (folder / "profile.toml").unlink()
    assert refused(folder) == "profile.toml:1: can't be read: No such file or directory"


def test_other_encodings_are_refused_where_they_begin(folder: Path) -> None:
    (folder / "profile.toml").write_bytes(b'site = "Ada"\nname = "Ad\xe4"\n')
    assert refused(folder) == "profile.toml:2: is not UTF-8 text"


def test_an_article_that_is_discussed_has_a_room_and_a_draft_has_none(folder: Path) -> None:
    article = folder / "work" / "note-g.md"
    assert read(folder).work[0].room == ""
    edit(article, "tags =", "discuss = true\ntags =")
    (folder / "writing" / "soon.md").write_text(DRAFT.replace("draft", "discuss = true\ndraft"))
    found = read(folder)
    assert [each.room for each in found.articles] == ["work--note-g"]
    assert all(str(article_room(kind, "x")).startswith(ARTICLE_PREFIXES) for kind in get_args(Kind))


@pytest.mark.parametrize("value", ['"yes"', "1", "[true]"])
def test_whether_an_article_is_discussed_is_said_in_two_words_only(folder: Path, value: str) -> None:
    article = folder / "work" / "note-g.md"
    edit(article, "tags =", f"discuss = {value}\ntags =")
    line = 1 + article.read_text().splitlines().index(f"discuss = {value}")
    assert refused(folder).startswith(f"work/note-g.md:{line}: discuss: must be true or false")
