"""Features are removed by deleting their folders, tests and names: what is left is whole."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.checkout import copy_sources
from tests.site import OWN, UNSET

pytestmark = pytest.mark.server
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
)
LAYERS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
SERVED = """
import sys
from importlib import import_module
from pathlib import Path
import httpx
from tests.socket.conftest import backend

for pattern in ("conftest.py", "test_*.py"):
    for file in sorted(Path("tests").rglob(pattern)):
        import_module(".".join(file.with_suffix("").parts))  # as pytest does to find the tests that are left
with backend(Path(sys.argv[1])) as site:
    print(*(httpx.get(site.url + path).status_code for path in sys.argv[2:]))
"""


def copy_without(features: Iterable[str], copy: Path) -> None:
    """Copy this checkout without the features, as an owner removes them."""
    copy_sources(copy, pictures=False, caches=True)
    for feature in features:
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


def run(copy: Path, *command: str) -> str:
    """What Python prints that runs `command` in the copy; it has to end well."""
    environment = os.environ | UNSET | OWN | {"PYTHONPATH": str(copy), "DATA_DIR": str(copy / "data")}
    done = subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


def test_a_site_without_two_features_passes_the_static_gate_and_starts(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy_without(("burst", "attacks"), copy)
    for check in CHECKS:
        run(copy, "-m", *check)
    run(copy, "-c", LAYERS)
    answers = run(copy, "-c", SERVED, str(tmp_path), "/api/live", "/api/burst/noop", "/api/nothing")
    assert answers.split() == ["200", "404", "404"]
