"""What owners bring along from elsewhere: stray files, drafts, later days, renamed texts, no résumé."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from portfolio_app import folders
from portfolio_app.http.build.browser_files import write_made
from portfolio_app.http.content import loader
from portfolio_app.http.content.loader import left_out, problems, read
from portfolio_app.http.content.model import ContentError
from portfolio_app.http.writing import parts
from portfolio_app.http.writing.pages import SECTIONS, written_pages
from portfolio_app.http.writing.routes import routes
from portfolio_app.launcher.sources import source_digest
from tests.unit.http.content import stranger

DAY = date(2026, 11, 27)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stranger's content, in place of the owner's."""
    yield from stranger.installed(tmp_path, monkeypatch)


def write(folder: Path, name: str, front: str = "", day: str = "1843-09-01", body: str = "") -> Path:
    path = folder / "writing" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        stranger.ARTICLE.replace("date = 1843-09-01", f"date = {day}\n{front}".rstrip()) + body,
        encoding="utf-8",
    )
    return path


def without(folder: Path, *keys: str) -> None:
    """Takes the résumé, or other keys, out of the profile."""
    path = folder / "profile.toml"
    text = path.read_text().partition("[[resume]]")[0]
    kept = [line for line in text.splitlines() if not line.startswith(keys)]
    path.write_text("\n".join(kept) + "\n")


def refused(folder: Path) -> str:
    with pytest.raises(ContentError) as caught:
        read(folder)
    assert [str(caught.value)] == list(map(str, problems(folder)))
    return str(caught.value).removeprefix(f"{folder}/")


def test_what_editors_and_computers_leave_is_ignored_and_other_texts_are_named(folder: Path) -> None:
    for name in ("README.md", "readme.md", ".#kept.md", "._kept.md", "notes/plan.txt"):
        (folder / "writing" / name).parent.mkdir(exist_ok=True)
        (folder / "writing" / name).write_text("not a text of the site")
    write(folder, "kept.md")
    for name in ("shouted.MD", "long.markdown", "2026/below.md"):
        write(folder, name)
    assert [article.slug for article in read(folder).writing] == ["kept"]
    assert problems(folder) == []
    named = [line.removeprefix(f"{folder}/") for line in left_out(folder)]
    assert named == [
        f"writing/{name} is left out: a text is a file writing/NAME.md"
        for name in ("2026/below.md", "long.markdown", "shouted.MD")
    ]


def test_a_mark_of_the_byte_order_is_read_over(folder: Path) -> None:
    path = write(folder, "marked.md")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert [article.front.title for article in read(folder).writing] == ["Note G"]


@pytest.mark.parametrize("key", ["date = ", "  date=", "\tdate\t=\t", '"date" = '])
def test_a_text_is_shown_from_its_day_on_and_a_start_on_that_day_builds_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    path = write(folder, "later.md", day="2026-11-28")
    path.write_text(path.read_text().replace("date = ", key))
    assert read(folder, DAY).writing == ()
    assert [article.slug for article in read(folder, date(2026, 11, 28)).writing] == ["later"]
    digests = []
    for day in ("2026-11-26", "2026-11-27", "2026-11-28"):
        monkeypatch.setenv(folders.SHOWN_ON, day)
        digests.append(source_digest(folder, [folder]))
    assert digests[0] == digests[1] != digests[2]


def test_all_processes_of_a_site_show_the_articles_of_one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(folders.SHOWN_ON, "2020-02-02")
    folders.fix()
    assert folders.shown_on() == date(2020, 2, 2)
    monkeypatch.delenv(folders.SHOWN_ON)
    folders.fix()
    assert folders.shown_on() == folders.today()


def test_under_development_drafts_are_shown_and_marked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "begun.md", "draft = true")
    write(folder, "later.md", day="2999-01-01")
    monkeypatch.setenv(folders.SHOWN_ON, folders.EVERYTHING)
    found = loader.content().writing
    assert [article.slug for article in found] == ["later", "begun"]
    shown = str(parts.article_list("writing", "Notes.", found).render())
    assert shown.count("Not shown before this day") == shown.count("Draft: only you see it") == 1
    assert "only you" not in str(parts.article_list("work", "Engines.", loader.content().work).render())


async def test_an_article_is_found_at_its_former_addresses_and_links_there_are_named(
    folder: Path,
) -> None:
    write(folder, "now.md", 'formerly = ["once", "older"]')
    transport = httpx.ASGITransport(Starlette(routes=routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://ada.example") as client:
        for path in ("/writing/once?from=feed", "/writing/older"):
            answer = await client.get(path)
            query = path.partition("?")[2]
            assert (answer.status_code, answer.headers["location"]) == (
                301,
                "/writing/now" + (f"?{query}" if query else ""),
            )
    write(folder, "linking.md", body="\nSee [that](/writing/once).\n")
    assert refused(
        folder
    ) == "writing/linking.md:13: links to /writing/once, which is /writing/now now".replace(
        "13",
        str(1 + (folder / "writing/linking.md").read_text().splitlines().index("See [that](/writing/once).")),
    )


@pytest.mark.parametrize("name", ["now", "other", "draft", "once"])
def test_a_former_address_that_another_article_has_is_refused(folder: Path, name: str) -> None:
    write(folder, "now.md", f'formerly = [\n  "first",\n  "{name}",\n]')
    write(folder, "other.md", 'formerly = ["once"]')
    write(folder, "draft.md", "draft = true")
    if name == "once":
        assert refused(folder).startswith(
            f"writing/other.md:5: formerly: /writing/{name} is the address of an"
        )
    else:
        assert refused(folder).startswith(f"writing/now.md:7: formerly: /writing/{name} is the address of an")


@pytest.mark.parametrize("name", ["archive", "tag"])
def test_a_former_address_that_another_page_has_is_refused(folder: Path, name: str) -> None:
    write(folder, "now.md", f'formerly = ["{name}"]')
    assert refused(folder) == f"writing/now.md:5: formerly: /writing/{name} is the address of another page"


def test_a_title_may_be_as_long_as_those_of_papers_are(folder: Path) -> None:
    title = (
        "On the order of operations, and on what they do to the numbers that a machine was never told of: "
        * 2
    )
    path = write(folder, "long.md")
    path.write_text(path.read_text().replace("Note G", title[:160].strip()))
    assert len(read(folder).writing[0].front.title) > 150
    path.write_text(path.read_text().replace("On the", "On all the"))
    assert refused(folder).startswith("writing/long.md:2: title: String should have at most 160 characters")


def test_a_site_without_a_resume_has_no_page_no_file_and_no_link_to_one(folder: Path) -> None:
    without(folder, "resume_lede")
    found = loader.content()
    assert problems(folder) == []
    assert found.profile.resume == ()
    assert "/resume" not in {page.route for page in written_pages()}
    assert "/resume.json" not in {route.path for route in routes()}


@pytest.mark.parametrize(
    ("line", "taken", "said"),
    [
        (
            'nav = ["chat",\n  "resume"]',
            ("resume",),
            "profile.toml:2: nav: there is no résumé: no [[resume]], and no",
        ),
        ("", (), ""),
    ],
)
def test_a_link_to_a_resume_that_is_not_there_is_refused(
    folder: Path, line: str, taken: tuple[str, ...], said: str
) -> None:
    path = folder / "profile.toml"
    if not line:
        path.write_text(path.read_text().replace('resume_lede = "One sheet."\n', ""))
        assert refused(folder).startswith("profile.toml:15: resume_lede: is missing")
        return
    without(folder, *taken)
    path.write_text(f"{line}\n{path.read_text()}")
    assert refused(folder).startswith(said)


def test_a_portrait_stands_on_the_resume_and_is_written_by_the_build(folder: Path, tmp_path: Path) -> None:
    Image.new("RGB", (900, 900), "teal").save(folder / "me.jpg")
    path = folder / "profile.toml"
    path.write_text(f'{path.read_text()}\n[portrait]\nfile = "me.jpg"\nalt = "Ada at her desk"\n')
    found = read(folder)
    assert found.portrait
    page = str(parts.resume(found.profile, portrait=found.portrait[1]).render())
    assert "Ada at her desk" in page
    assert 'sizes="8rem"' in found.portrait[1]
    write_made(tmp_path / ".web", found)
    assert len(list((tmp_path / ".web/public/pictures").iterdir())) == 6
    path.write_text(path.read_text().replace("me.jpg", "gone.jpg"))
    line = 1 + path.read_text().splitlines().index('file = "gone.jpg"')
    assert refused(folder) == f"profile.toml:{line}: portrait: there is no picture gone.jpg"


def test_the_front_page_may_show_the_newest_of_both_kinds_without_their_pictures(folder: Path) -> None:
    for number in range(4):
        write(folder, f"n{number}.md", day=f"190{number}-01-01")
    work, writing = (str(section.build().render()) for section in SECTIONS)
    assert [f"/writing/n{number}" in writing for number in range(4)] == [False, True, True, True]
    assert "See all" in writing
    assert "/work/note-g" in work
    assert "See all" not in work
    assert "<picture" not in work


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("See [a](later.md).", "links to /writing/later.md, where nothing is shown"),
        ("See [a](../work/gone).", "links to /work/gone, where nothing is shown"),
        ("See [a](#gone).", "links to #gone, and no heading has this address"),
        ("See [a](../work/note-g#gone).", "links to ../work/note-g#gone, and no heading has this address"),
        ("See [a](/work/note-g/?a#gone).", "links to /work/note-g/?a#gone, and no heading has this address"),
        ("See [a](/writing/x#gone).", "links to /writing/x#gone, and no heading has this address"),
        ("See [a](/work#gone).", "links to /work#gone, and no heading has this address"),
        ("Then[^2].", "the footnote [^2] has no text: a line that begins with [^2]:"),
        (
            "![a](my file.png)",
            "my file.png is read as text: a picture's name with spaces stands between < and >",
        ),
    ],
)
def test_what_a_reader_would_find_broken_is_refused_by_its_line(folder: Path, body: str, said: str) -> None:
    path = write(folder, "x.md", body=f"\nMore\n{body}\n")
    line = 1 + path.read_text().splitlines().index(body)
    assert refused(folder) == f"writing/x.md:{line}: {said}"


def test_links_inside_the_site_lead_on_as_they_do_in_the_repository(folder: Path) -> None:
    write(
        folder,
        "x.md",
        body="\n[a](../work/note-g) [b](#the-order-of-operations) [c](#top) `[^9]`[^1] [d](#größe)\n"
        "[e](/writing/x#the-order-of-operations) [f](/writing/x/#gr%C3%B6%C3%9Fe) [g](/work#card) [h](#fn1)\n"
        "[i](/writing/x#:~:text=Yes) [j](/work#top) [k](https://example.org/#gone)\n\n## Größe\n\n[^1]: Yes.\n",
    )
    bare = stranger.ARTICLE.partition("+++\n")[2].partition("+++\n")[0]
    (folder / "work" / "card.md").write_text(f"+++\n{bare}+++\n")
    assert problems(folder) == []
    assert read(folder).writing


@pytest.mark.parametrize(
    ("size", "shown"),
    [('width="100%" height="100%" viewBox="0 0 30 20"', (30, 20)), ('width="3.6px" height="2"', (4, 2))],
)
def test_a_drawing_that_fills_its_window_has_the_size_of_what_it_shows(
    folder: Path, size: str, shown: tuple[int, int]
) -> None:
    (folder / "writing").mkdir(exist_ok=True)
    (folder / "writing" / "PLAN.SVG").write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size}/>')
    write(folder, "x.md", body="\n![A plan](PLAN.SVG)\n")
    (picture,) = read(folder).writing[0].pictures
    assert (picture.width, picture.height) == shown
    assert [made.kind for made in picture.files()] == ["svg"]
