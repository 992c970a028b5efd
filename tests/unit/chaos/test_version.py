"""The other version that is deployed under load can be made of this checkout."""

import ast
import shutil
from pathlib import Path

from tests.chaos.version import COLUMN, TEXT, change
from tests.site import ROOT

PARTS = ("portfolio_app/languages", "portfolio_app/http/account", "portfolio_app/infra", "alembic")


def test_another_version_has_a_text_a_var_an_event_and_a_column_more(tmp_path: Path) -> None:
    for part in PARTS:
        shutil.copytree(ROOT / part, tmp_path / part)
    change(tmp_path)
    files = {file: file.read_text() for file in tmp_path.rglob("*.*") if file.suffix in {".py", ".toml"}}
    changed = {file for file, text in files.items() if text != _before(file, tmp_path)}
    assert {file.name for file in changed} == {
        "en.toml",
        "identity.py",
        "codec.py",
        "chat.py",
        "9001_of_a_newer_version.py",
    }
    assert sum(TEXT in files[file] for file in changed) == 1
    assert sum(COLUMN in files[file] for file in changed) == 2
    for file in changed:
        if file.suffix == ".py":
            ast.parse(files[file])


def _before(file: Path, root: Path) -> str:
    known = ROOT / file.relative_to(root)
    return known.read_text() if known.exists() else ""
