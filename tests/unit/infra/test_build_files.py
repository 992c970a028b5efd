"""Hashed files of builds that were served: kept, bounded, and read by nothing but their names."""

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from portfolio_app.infra import build_files
from portfolio_app.infra.build_files import BuildFiles

STARTERS = 8
MONTH_S = 30 * 24 * 3600


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder of the kept files, which `BuildFiles` makes by itself."""
    return tmp_path / "builds"


def built(folder: Path, **files: str) -> Path:
    """A build with these scripts, by the part of their names before the suffix."""
    (folder / "assets").mkdir(parents=True)
    (folder / "pictures").mkdir()
    for name, text in files.items():
        (folder / "assets" / f"{name}.js").write_text(text)
    return folder


def names(kept: Path) -> set[str]:
    """What lies there, drafts included."""
    return {file.relative_to(kept).as_posix() for file in kept.rglob("*") if file.is_file()}


def age(file: Path, seconds: float) -> None:
    """As if it had last been served so long ago."""
    then = time.time() - seconds
    os.utime(file, (then, then))


def test_what_a_build_names_by_content_is_kept_and_nothing_else(tmp_path: Path, kept: Path) -> None:
    build = built(tmp_path / "one", page="1")
    (build / "assets/page.js.gz").write_bytes(b"packed")
    (build / "assets/page.js.br").write_bytes(b"packed more")
    (build / "assets/with space.js").write_text("no name of the compiler's")
    (build / "pictures/card-1.svg").write_text("<svg/>")
    (build / "index.html").write_text("a page")
    (tmp_path / "secret").write_text("nobody's business")
    (build / "assets/linked.js").symlink_to(tmp_path / "secret")
    BuildFiles(kept).keep(build)
    assert names(kept) == {"assets/page.js", "assets/page.js.gz", "pictures/card-1.svg"}
    assert BuildFiles(kept).read("assets/page.js") == b"1"


def test_a_page_of_the_former_build_finds_its_files_after_a_deployment(tmp_path: Path, kept: Path) -> None:
    BuildFiles(kept).keep(built(tmp_path / "old", page="old", shared="both"))
    files = BuildFiles(kept)
    files.keep(built(tmp_path / "new", other="new", shared="both"))
    assert [files.read(f"assets/{name}.js") for name in ("page", "other", "shared")] == [
        b"old",
        b"new",
        b"both",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "assets/none.js",
        "assets/../../secret",
        "assets/..",
        "../secret",
        "assets/%2e%2e/secret",
        "assets/folder",
        "assets/linked.js",
        "assets/pipe.js",
        "assets/page.js\n",
        "assets/page.js\0",
        "assets/.draft",
        "assets//page.js",
        "secret",
        "",
    ],
)
def test_a_wrong_name_reads_nothing(tmp_path: Path, kept: Path, name: str) -> None:
    files = BuildFiles(kept)
    files.keep(built(tmp_path / "one", page="1"))
    (tmp_path / "secret").write_text("nobody's business")
    (kept / "secret").write_text("nobody's business")
    (kept / "assets/folder").mkdir()
    (kept / "assets/.draft").write_text("half")
    (kept / "assets/linked.js").symlink_to(tmp_path / "secret")
    os.mkfifo(kept / "assets/pipe.js")
    assert files.read(name) is None
    assert files.read(str(tmp_path / "secret")) is None


def test_starters_at_once_keep_every_file_whole(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {f"page{number}": f"{number}" * 100 for number in range(9)}
    build, gate = built(tmp_path / "one", **texts), Barrier(STARTERS)
    seen: set[bytes | None] = set()

    def copy(source: Path, target: Path) -> None:
        """In two halves, and whoever wants the file in between is there."""
        with target.open("wb", buffering=0) as file:
            file.write(source.read_bytes()[:50])
            seen.add(BuildFiles(kept).read(f"assets/{source.name}"))
            file.write(source.read_bytes()[50:])

    def start() -> None:
        gate.wait()
        BuildFiles(kept).keep(build)

    monkeypatch.setattr(shutil, "copyfile", copy)
    with ThreadPoolExecutor(STARTERS) as pool:
        for done in [pool.submit(start) for _ in range(STARTERS)]:
            done.result()
    assert seen <= {None, *(text.encode() for text in texts.values())}
    assert names(kept) == {f"assets/{name}.js" for name in texts}
    assert all(BuildFiles(kept).read(f"assets/{name}.js") == text.encode() for name, text in texts.items())


def test_files_go_a_while_after_they_were_last_served(tmp_path: Path, kept: Path) -> None:
    old, new = built(tmp_path / "old", old="1", shared="2"), built(tmp_path / "new", new="3", shared="2")
    files = BuildFiles(kept)
    files.keep(old)
    for file in (kept / "assets").iterdir():
        age(file, MONTH_S - 60)
    files.keep(new)
    assert files.read("assets/old.js") == b"1"
    age(kept / "assets/old.js", MONTH_S + 60)
    files.keep(new)
    assert names(kept) == {"assets/new.js", "assets/shared.js"}


def test_more_than_so_many_bytes_go_the_longest_unserved_first(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = BuildFiles(kept)
    for number in range(4):
        files.keep(built(tmp_path / f"{number}", **{f"page{number}": "x" * 100}))
        age(kept / f"assets/page{number}.js", 3600 * (9 - number))
    monkeypatch.setattr(build_files, "MOST_BYTES", 250)
    files.keep(built(tmp_path / "served", page="y" * 1000))
    assert names(kept) == {"assets/page2.js", "assets/page3.js", "assets/page.js"}


def test_what_a_killed_starter_left_goes_and_is_no_reason_to_fail(tmp_path: Path, kept: Path) -> None:
    build, files = built(tmp_path / "one", page="whole"), BuildFiles(kept)
    files.keep(build)
    (kept / "assets/page.js").write_text("who")  # as a crash of the machine leaves it
    for name, seconds in (("young", 60), ("old", build_files.DRAFT_S + 60)):
        (kept / f"assets/.{name}").write_text("ha")
        age(kept / f"assets/.{name}", seconds)
    files.keep(build)
    assert files.read("assets/page.js") == b"whole"
    assert names(kept) == {"assets/page.js", "assets/.young"}


def test_a_disk_that_refuses_is_said_and_does_not_end_the_start(
    tmp_path: Path, kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept.write_text("a file where the folder should be")
    BuildFiles(kept).keep(built(tmp_path / "one", page="1"))
    assert "can't be kept" in caplog.text
    assert BuildFiles(kept).read("assets/page.js") is None
