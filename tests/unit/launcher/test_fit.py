"""Every reason why a newer checkout can't serve the owner's words, in one go; what needs no decision is rewritten."""

import re
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portfolio_app import folders
from portfolio_app.http.content import loader
from portfolio_app.launcher.fit import check
from portfolio_app.launcher.sources import source_digest
from tests.unit.http.content import stranger

MOVED = "```python portfolio_app/http/feeds.py:RoomFeed signature\n```\n"
NOW = "portfolio_app/http/chat/feed.py:RoomFeed signature"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stranger's words, which the settings name."""
    yield from stranger.installed(tmp_path, monkeypatch)


def article(folder: Path, slug: str, body: str, front: str = "") -> Path:
    path = folder / "writing" / f"{slug}.md"
    head = stranger.ARTICLE.partition("\n\n")[0].replace("+++\ntitle", f"+++\n{front}title")
    path.write_bytes(f"{head}\n\n{body}".encode())
    return path


def test_words_that_fit_are_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(rewrite=False) == 0
    assert capsys.readouterr().out == "the profile, 1 case study and 0 articles fit this checkout\n"


def test_everything_that_is_wrong_is_listed_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = folder / "profile.toml"
    profile.write_text('sections = ["live", "gone"]\nnav = ["wrok"]\n' + profile.read_text())
    first = article(folder, "first", "Text, and [a link](/writing/second).\n", 'tag = "x"\norder = "1"\n')
    second = article(
        folder, "second", "# A title\n\nSee [the first](/writing/first) and [none](/work/none).\n"
    )
    third = article(folder, "third", "Text [of nothing](/work/none).\n")

    assert check(rewrite=False) == 1
    out = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in out[:-1]] == [
        f"{first}:3",
        f"{first}:2",
        f"{second}:8",
        f"{profile}:1",
        f"{profile}:2",
        f"{third}:8",
    ]
    assert 'there is no "gone"' in out[3]
    assert out[-1] == "6 to change before this checkout can serve them"


def test_a_link_to_a_page_that_the_site_does_not_have_is_listed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = "[a](/chat?x#y) [b](/runs/12) [c](/feed.xml) [d](/writing/tag/numbers) [e](https://x.example/old)"
    path = article(folder, "links", f"Text.\n\n{known}\n[f](/old-page#top)\n")
    assert check(rewrite=False) == 1
    assert (
        capsys.readouterr().out.splitlines()[0]
        == f"{path}:11: links to /old-page, which is no page of this site"
    )


def test_links_of_profile_and_front_matter_to_no_page_are_listed_and_one_to_the_printed_resume_is_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = '[[links]]\nlabel = "x"\nhref = "{}"\n'
    path = article(folder, "links", "Text.\n")
    given = named.format("/work") + named.format("/gone")
    path.write_text(path.read_text().replace("\n+++\n\n", f"\n{given}+++\n\n"))
    profile = folder / "profile.toml"
    (folder / "resume.pdf").write_bytes(b"%PDF the owner's own")
    profile.write_text(profile.read_text() + named.format("/resume.pdf") + named.format("/chatt"))
    assert check(rewrite=False) == 1
    assert capsys.readouterr().out.splitlines()[:-1] == [
        f"{path}:11: links to /gone, which is no page of this site",
        f"{profile}:{profile.read_text().count(chr(10))}: links to /chatt, which is no page of this site",
    ]


def test_a_quotation_follows_code_that_has_moved_and_only_when_that_is_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = article(folder, "quoting", f"Text.\r\n\r\n{MOVED}")
    before = path.read_bytes()
    assert check(rewrite=False) == 1
    said = f"{path}:10: portfolio_app/http/feeds.py has no RoomFeed to quote; it is {NOW} now"
    assert said in capsys.readouterr().out
    assert path.read_bytes() == before

    assert check(rewrite=True) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(f"is {NOW} now: rewritten")
    assert path.read_bytes() == before.replace(
        b"portfolio_app/http/feeds.py:RoomFeed signature", NOW.encode()
    )
    after = path.read_bytes()
    assert check(rewrite=True) == 0
    assert path.read_bytes() == after


def test_a_text_that_an_editor_has_open_and_a_folder_called_like_one_are_no_texts(folder: Path) -> None:
    moved = article(folder, "quoting", f"Text.\n\n{MOVED}")
    (folder / "writing/.#quoting.md").symlink_to("ada@engine.1843")  # the lock that Emacs leaves
    (folder / "writing/parts.md").mkdir()
    assert source_digest(folders.CHECKOUT, [folder])
    assert check(rewrite=True) == 0
    assert NOW in moved.read_text()


def test_a_text_that_cannot_be_written_anew_stays_as_it_was(folder: Path) -> None:
    path = article(folder, "quoting", f"{'Text. ' * 1000}\n\n{MOVED}")
    before, (soft, hard) = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # as a disk that fills up while it is written
    try:
        with pytest.raises(OSError, match="too large"):
            check(rewrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_what_a_terminal_would_obey_is_spelled_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article(folder, "odd", "Text.\n", '"\\u001b[31m\\n" = 1\n')
    assert check(rewrite=False) == 1
    assert f"{folder}/writing/odd.md:2: \\x1b[31m\\n: there is no such key\n" in capsys.readouterr().out


def test_code_that_is_in_two_places_or_nowhere_is_left_to_the_owner(folder: Path) -> None:
    path = article(folder, "quoting", "```python portfolio_app/http/gone.py:FEATURE\n```\n")
    before = path.read_bytes()
    assert check(rewrite=True) == 1
    assert path.read_bytes() == before


SHIPPED = folders.CHECKOUT / "portfolio_app/content"
SINCE = re.compile(r"^(?:sections|nav|kind|discuss) = .*\n|^!\[.*\n", re.MULTILINE)
"""Keys and pictures that the words which ship have been given since the site first read content from files."""


def test_words_of_the_first_version_are_read_and_their_quotations_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "content"
    shutil.copytree(SHIPPED, old)
    if not (quoting := old / "work/push-through-channels.md").is_file():
        pytest.skip("the words of this checkout are their owner's")
    for path in (old / "profile.toml", *old.rglob("*.md")):
        path.write_text(SINCE.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
    now = quoting.read_text(encoding="utf-8")
    then = now.replace("portfolio_app/http/chat/feed.py:RoomFeed", "portfolio_app/http/feeds.py:RoomFeed")
    assert then != now
    quoting.write_text(then, encoding="utf-8")
    monkeypatch.setenv("CONTENT_DIR", str(old))
    loader.content.cache_clear()
    try:
        assert check(rewrite=False) == 1
        assert check(rewrite=True) == 0
    finally:
        loader.content.cache_clear()
    assert quoting.read_text(encoding="utf-8") == now
    assert capsys.readouterr().out.splitlines()[-1].startswith("the profile, ")
