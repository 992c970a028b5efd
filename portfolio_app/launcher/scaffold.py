"""`python -m portfolio_app new`: writes a demo with its test, an article, a case study or a site to begin with."""

import argparse
import datetime
import json
import keyword
import re
import shlex
import subprocess
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from portfolio_app import folders
from portfolio_app.folders import shown
from portfolio_app.http.content.loader import read
from portfolio_app.http.content.model import ContentError
from portfolio_app.launcher.errors import LaunchError, root_cause
from portfolio_app.launcher.toolchain import BIN, ROOT

TEMPLATES: Final = Path(__file__).with_name("templates")
_NEW_DEMO: Final = (
    "Write NAME.py into the folder of the demos, its test and, with --table, the migration of its table."
)
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PLAIN: Final = re.compile(r"[\w@%+:,./~-]+")
_LONGEST_NAME: Final = 24
_SQLITE: Final = "sqlite_"
_DEMO_OF_A_SITE: Final = "greeting"


def new_demo(name: str, *, with_table: bool) -> list[Path]:
    """A demo, its test and, with a table, its migration; returns the files. Raises LaunchError, then nothing stays."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise LaunchError(
            f"a demo's name is a word of a-z, 0-9 and single underscores, at most {_LONGEST_NAME} long: not {name!r}"
        )
    if keyword.iskeyword(name) or (with_table and name.startswith(_SQLITE)):
        owner = "SQLite keeps for its own tables" if name.startswith(_SQLITE) else "Python keeps for itself"
        raise LaunchError(f"{name!r} is a name that {owner}: give the demo another one")
    demos = folders.demos()
    if with_table and demos in folders.outside():
        raise LaunchError(
            "a demo with a table needs a migration, and those are in the checkout: unset DEMOS_DIR for it"
        )
    if (folder := demos / name).exists():
        raise LaunchError(f"{shown(folder)} is there already; nothing was written")
    written: list[Path] = []
    try:
        written += _demo(name, demos, folders.demo_tests(), "table" if with_table else "plain")
        _refuse_broken()
        if with_table:
            written.append(_migration(name))
    except BaseException:
        _remove(written)
        raise
    _format(written)
    return written


def new_article(kind: str, title: str) -> list[Path]:
    """An article (`writing`) or case study (`work`), as a draft is begun; raises LaunchError, then nothing stays."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")
    if not slug:
        raise LaunchError(f"a title has letters or digits of which an address can be made: not {title!r}")
    if slug == "readme":
        raise LaunchError(f"{slug}.md is no text of a site: give it another title")
    words = {"TITLE": json.dumps(title, ensure_ascii=False), "DATE": _today()}
    path = _write(folders.content() / kind / f"{slug}.md", _filled("article.txt", words))
    try:
        read(folders.content())
    except ContentError as error:
        if error.path == path:
            path.unlink()
            raise LaunchError(f"that title can't be used; {str(error).partition(': ')[2]}") from None
        raise
    return [path]


def new_site(folder: Path) -> list[Path]:
    """Profile, article, project and demo in a new folder; raises LaunchError, then nothing stays."""
    folder = folder.expanduser().resolve()
    if folder.is_relative_to(ROOT / "portfolio_app"):
        raise LaunchError(f"{shown(folder)} is in the site's own source; choose a folder outside")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LaunchError(f"{folder} is there already; nothing was written")
    words = {"DATE": _today(), "NAME": _DEMO_OF_A_SITE, "TESTS": shlex.quote(str(folder / "tests"))}
    words |= _variables(folder)
    written: list[Path] = []
    try:
        for template in sorted((TEMPLATES / "site").rglob("*.*")):
            target = folder / template.relative_to(TEMPLATES / "site")
            written.append(_write(target, _filled(f"site/{template.relative_to(TEMPLATES / 'site')}", words)))
        written += _demo(_DEMO_OF_A_SITE, folder / "demos", folder / "tests", "plain")
        read(folder / "content")
    except BaseException:
        _remove(written)
        raise
    return written


def _demo(name: str, demos: Path, tests: Path, kind: str) -> list[Path]:
    title = name.replace("_", " ").capitalize()
    words = {"NAME": name, "TITLE": title, "CLASS": name.title().replace("_", "")}
    written = [_write(demos / f"{name}.py", _filled(f"demo_{kind}.txt", words))]
    try:
        written.append(_write(tests / f"test_{name}.py", _filled(f"demo_{kind}_test.txt", words)))
        if tests != folders.CHECKOUT / "tests/unit/demos" and not (shared := tests / "conftest.py").exists():
            written.append(_write(shared, _filled("demo_conftest.txt", {})))
    except BaseException:
        _remove(written)
        raise
    return written


def _today() -> str:
    return datetime.date.today().isoformat()  # noqa: DTZ011 (the day at the author's desk)


def _filled(template: str, words: dict[str, str]) -> str:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    for word, meaning in words.items():
        text = text.replace(f"<{word}>", meaning)
    return text


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise LaunchError(f"{shown(path)} is there already; nothing was written") from None
    except OSError as error:
        raise LaunchError(f"{shown(path)} can't be written: {error.strerror}") from None
    return path


def _refuse_broken() -> None:
    from portfolio_app.http import site

    try:
        site.all_pages()
    except ContentError as error:
        raise LaunchError(str(error)) from None


def _migration(name: str) -> Path:
    from portfolio_app.infra.db.migrate import write_revision

    try:
        return write_revision(name)
    except Exception as error:
        # A migration of the owner's is plain Python, and may fail as it likes.
        raise LaunchError(
            f"the migrations that are there can't be brought to their newest: {root_cause(error)};"
            " nothing was written"
        ) from error


def _format(written: Iterable[Path]) -> None:
    # As `make format` would; a checkout that only runs the site has no formatter.
    if (ruff := BIN / "ruff").exists():
        for command in (["check", "--fix", "--quiet", "--exit-zero"], ["format", "--quiet"]):
            subprocess.run([ruff, *command, *written], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)


def _remove(written: Iterable[Path]) -> None:
    for path in written:
        path.unlink(missing_ok=True)


def _how_to_use(chosen: argparse.Namespace) -> str:
    lines = (f"{name}={value}" for name, value in _variables(chosen.folder.expanduser().resolve()).items())
    return "\n".join(("Put these two lines into .env:", *lines))


def _variables(folder: Path) -> dict[str, str]:
    """The variables that name the folders of a site, as `.env` has them: a space and a # would end the value there."""
    found = {folders.CONTENT_DIR: str(folder / "content"), folders.DEMOS_DIR: str(folder / "demos")}
    quoted = {
        name: "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'" for name, value in found.items()
    }
    return {name: value if _PLAIN.fullmatch(value) else quoted[name] for name, value in found.items()}


def add_arguments(new: argparse.ArgumentParser) -> None:
    """Add the subcommands of `new`."""
    kinds = new.add_subparsers(title="kinds", metavar="KIND", required=True)
    demo = kinds.add_parser("demo", help="a page with an action, and its test", description=_NEW_DEMO)
    demo.add_argument("name", metavar="NAME", help="a word in lower case: its file and its address")
    demo.add_argument("--table", action="store_true", help="kept in a table and pushed to every tab")
    demo.set_defaults(write=lambda chosen: new_demo(chosen.name, with_table=chosen.table))
    for kind, folder in (("article", "writing"), ("case-study", "work")):
        text = f"a draft in the content's {folder}/"
        written = kinds.add_parser(kind, help=text, description=f"Write {text}.")
        written.add_argument("title", metavar="TITLE", help="its address is made of it")
        written.set_defaults(write=lambda chosen, folder=folder: new_article(folder, chosen.title))
    text = "a profile, an article, a project and a demo, in a folder outside the checkout"
    own = kinds.add_parser("site", help=text, description=f"Write {text}.")
    own.add_argument("folder", metavar="DIR", type=Path, help="a new or empty folder")
    own.set_defaults(write=lambda chosen: new_site(chosen.folder), note=_how_to_use, begins_site=True)
