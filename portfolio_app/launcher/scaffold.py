"""`python -m portfolio_app new`: writes a demo with its test, an article or a case study, ready to be changed."""

import datetime
import json
import keyword
import re
import subprocess
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from portfolio_app.http.content.loader import FOLDER as CONTENT
from portfolio_app.http.content.loader import read
from portfolio_app.http.content.model import ContentError
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.toolchain import BIN, ROOT

TEMPLATES: Final = Path(__file__).with_name("templates")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST_NAME: Final = 24


def new_demo(name: str, *, with_table: bool) -> list[Path]:
    """A demo, its test and, with a table, its migration; returns the files. Raises LaunchError, then nothing stays."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME or keyword.iskeyword(name):
        raise LaunchError(
            f"a demo's name is a word of a-z, 0-9 and single underscores, at most {_LONGEST_NAME} long: not {name!r}"
        )
    if (folder := ROOT / "portfolio_app/demos" / name).exists():
        raise LaunchError(f"{folder.relative_to(ROOT)} is there already; nothing was written")
    kind = "table" if with_table else "plain"
    title = name.replace("_", " ").capitalize()
    words = {"NAME": name, "TITLE": title, "CLASS": name.title().replace("_", "")}
    written: list[Path] = []
    try:
        for template, target in (
            (f"demo_{kind}.txt", f"portfolio_app/demos/{name}.py"),
            (f"demo_{kind}_test.txt", f"tests/unit/demos/test_{name}.py"),
        ):
            written.append(_write(ROOT / target, _filled((TEMPLATES / template).read_text(), words)))
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
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")
    if not slug:
        raise LaunchError(f"a title has letters or digits of which an address can be made: not {title!r}")
    words = {"TITLE": json.dumps(title, ensure_ascii=False), "DATE": datetime.date.today().isoformat()}  # noqa: DTZ011 (the day at the author's desk)
    text = _filled((TEMPLATES / "article.txt").read_text(), words)
    path = _write(CONTENT / kind / f"{slug}.md", text)
    try:
        read(CONTENT)
    except ContentError as error:
        if error.path == path:
            path.unlink()
            raise LaunchError(f"that title can't be used; {str(error).partition(': ')[2]}") from None
        raise
    return [path]


def _filled(text: str, words: dict[str, str]) -> str:
    for word, meaning in words.items():
        text = text.replace(f"<{word}>", meaning)
    return text


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise LaunchError(f"{path.relative_to(ROOT)} is there already; nothing was written") from None
    except OSError as error:
        raise LaunchError(f"{path.relative_to(ROOT)} can't be written: {error.strerror}") from None
    return path


def _refuse_broken() -> None:
    from portfolio_app.http import site

    try:
        site.all_pages()
    except ContentError as error:
        raise LaunchError(str(error)) from None


def _migration(name: str) -> Path:
    from portfolio_app.infra.db.migrate import write_revision

    return write_revision(name)


def _format(written: Iterable[Path]) -> None:
    # As `make format` would; a checkout that only runs the site has no formatter.
    if (ruff := BIN / "ruff").exists():
        for command in (["check", "--fix", "--quiet", "--exit-zero"], ["format", "--quiet"]):
            subprocess.run([ruff, *command, *written], cwd=ROOT, check=False)


def _remove(written: Iterable[Path]) -> None:
    for path in written:
        path.unlink(missing_ok=True)
