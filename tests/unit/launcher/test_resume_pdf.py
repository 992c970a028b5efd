"""The résumé as a PDF: printed from the build's own page, and linked to only while it says what the profile says."""

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portfolio_app.http.content import loader
from portfolio_app.http.writing.parts import resume
from portfolio_app.launcher import resume_pdf
from portfolio_app.launcher.errors import LaunchError
from tests.unit.http.content import stranger

PRINTER = """\
#!{python}
import sys, urllib.request
page = urllib.request.urlopen(sys.argv[-1]).read()
[file] = [word.removeprefix("--print-to-pdf=") for word in sys.argv if word.startswith("--print-to-pdf=")]
open(file, "wb").write(b"%PDF-1.4 " + page + b" /Type /Page" * {sheets} + b"\\n%%EOF")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stranger's content, in place of the owner's."""
    yield from stranger.installed(tmp_path, monkeypatch)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """What a build has of the page."""
    (tmp_path / "client").mkdir()
    (tmp_path / "client/resume.html").write_text("<h1>Ada Stranger</h1>")
    return tmp_path / "client"


def printer(tmp_path: Path, sheets: int = 1) -> str:
    """A program that prints as a browser would."""
    file = tmp_path / "browser"
    file.write_text(PRINTER.format(python=sys.executable, sheets=sheets))
    file.chmod(0o755)
    return str(file)


def test_the_page_of_the_build_is_printed_beside_the_profile_and_linked_to(
    folder: Path,
    built: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CHROMIUM", printer(tmp_path))
    file = resume_pdf.write(built)
    assert file == folder / "resume.pdf"
    assert b"<h1>Ada Stranger</h1>" in file.read_bytes()
    assert "1 sheet; the next start links to it" in capsys.readouterr().out
    found = loader.read(folder)
    assert found.pdf == file
    assert "/resume.pdf" in str(resume(found.profile, pdf=True).render())
    assert "/resume.pdf" not in str(resume(found.profile).render())


def test_a_printed_file_that_says_what_the_profile_said_before_is_not_linked_to(
    folder: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", printer(tmp_path))
    resume_pdf.write(built)
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text().replace("Translator", "Author"))
    assert loader.read(folder).pdf is None

    (folder / "resume.pdf").write_bytes(b"%PDF-1.4 of the owner's own\n%%EOF\n")
    assert loader.read(folder).pdf == folder / "resume.pdf"


def test_three_sheets_are_said(
    folder: Path,
    built: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CHROMIUM", printer(tmp_path, sheets=3))
    resume_pdf.write(built)
    assert "warning: a résumé of more than 2 sheets" in capsys.readouterr().out


@pytest.mark.parametrize("browser", ["", "/nowhere/chromium", "false"])
def test_without_a_browser_that_prints_there_is_one_line_and_no_file(
    folder: Path, built: Path, monkeypatch: pytest.MonkeyPatch, browser: str
) -> None:
    monkeypatch.setenv("CHROMIUM", browser)
    if not browser:
        monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(LaunchError, match=r"there is no Chromium to print with|printed nothing"):
        resume_pdf.write(built)
    assert not (folder / "resume.pdf").exists()
    assert [thread.name for thread in threading.enumerate() if "serve_forever" in thread.name] == []
