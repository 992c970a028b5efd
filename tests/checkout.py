"""Copies of this checkout."""

import shutil
import subprocess
from pathlib import Path

from tests.site import ROOT

CACHES = (".mypy_cache", ".ruff_cache", ".import_linter_cache")


def copy_sources(to: Path, *, pictures: bool = True, caches: bool = False) -> None:
    """Copy what git holds or would take in, with the times of the files: nothing that a command makes.

    Such files may come and go meanwhile. `pictures` are those of docs/. With `caches`, what has been compiled and
    checked before is taken along.
    """
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = [Path(name) for name in listed.split("\0") if name]
    for name in names:
        if (ROOT / name).is_file() and (pictures or not name.is_relative_to("docs/screenshots")):
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    if caches:
        compiled = {name.parent / "__pycache__" for name in names if name.suffix == ".py"}
        for cache in (*compiled, *CACHES):
            if (ROOT / cache).is_dir():
                shutil.copytree(ROOT / cache, to / cache, ignore=shutil.ignore_patterns("*.tmp*", "*.pyc.*"))
