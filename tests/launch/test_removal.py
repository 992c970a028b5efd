"""A feature is removed by deleting its folder, its tests and its names: what is left is whole."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site import OWN, ROOT, UNSET

pytestmark = pytest.mark.server
LEFT_BEHIND = (".venv", ".web", ".build", ".git", "data", "node_modules", "__pycache__", "screenshots")
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("pytest", "--collect-only", "-q", "-p", "no:cacheprovider"),
)
LAYERS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
SERVED = """
import sys
from pathlib import Path
import httpx
from tests.socket.conftest import backend

with backend(Path(sys.argv[1])) as site:
    print(*(httpx.get(site.url + path).status_code for path in sys.argv[2:]))
"""


def without(feature: str, copy: Path) -> Path:
    """A copy of this checkout without the feature, as an owner removes it."""
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_BEHIND), symlinks=True)
    for folder in (copy / "portfolio_app/http" / feature, *copy.glob(f"tests/**/{feature}")):
        # The load itself, its use cases and its command are no part of what visitors meet.
        if folder.parent.name not in ("app", "launcher", "domain"):
            shutil.rmtree(folder)
    site = copy / "portfolio_app/http/site.py"
    text, lines = re.subn(rf' +Listed\("{feature}".*\n', "", site.read_text(encoding="utf-8"))
    assert lines == 1
    site.write_text(text, encoding="utf-8")
    profile = copy / "portfolio_app/content/profile.toml"
    text = re.sub(rf'(?<=[\[ ])"{feature}"(, |(?=\]))', "", profile.read_text(encoding="utf-8"))
    profile.write_text(text, encoding="utf-8")
    return copy


def run(copy: Path, *command: str) -> str:
    """What Python prints that runs `command` in the copy; it has to end well."""
    environment = os.environ | UNSET | OWN | {"PYTHONPATH": str(copy), "DATA_DIR": str(copy / "data")}
    done = subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


@pytest.mark.parametrize(("feature", "gone"), [("burst", "/api/burst/noop"), ("attacks", "/api/nothing")])
def test_a_site_without_the_feature_passes_the_static_gate_and_starts(
    tmp_path: Path, feature: str, gone: str
) -> None:
    copy = without(feature, tmp_path / "copy")
    for check in CHECKS:
        run(copy, "-m", *check)
    run(copy, "-c", LAYERS)
    assert run(copy, "-c", SERVED, str(tmp_path), "/api/live", gone).split() == ["200", "404"]
