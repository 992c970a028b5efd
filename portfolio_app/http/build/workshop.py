"""The folder that the development server works in, `.web`: set up, and filled with every page."""

import os
from collections.abc import Mapping
from contextlib import redirect_stdout, suppress
from pathlib import Path

from reflex.app import App
from reflex.compiler import utils
from reflex.constants import Dirs
from reflex.reflex import _init
from reflex.utils import build, prerequisites
from reflex_base.config import get_config


def prepare() -> None:
    """Set the folder up, for the ports of the configuration."""
    if prerequisites.needs_reinit():
        _init(name=get_config().app_name)
    build.setup_frontend(prerequisites.get_web_dir().parent)


def write_together(outputs: Mapping[str | Path, str]) -> None:
    """Replace every file that has changed, all within moments: the dev server reads a file as soon as it is touched.

    What is imported comes before what imports it, pages last: the names that a page imports change with it.
    """
    drafts = prerequisites.get_backend_dir() / f"drafts-{os.getpid()}"  # in a folder that Vite does not watch
    changed = [path for path, code in outputs.items() if _differs(Path(path), code)]
    for number, path in enumerate(changed):
        _write(drafts / str(number), outputs[path])
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    for number, path in sorted(enumerate(changed), key=lambda found: _floor(Path(found[1]))):
        (drafts / str(number)).replace(path)
    with suppress(OSError):
        drafts.rmdir()


def compile_all(app: App) -> None:
    """As the framework does it: install packages that are missing, write what differs, remove what is too much."""
    outputs: dict[str | Path, str] = {}

    def keep(path: str | Path, code: str) -> None:
        outputs[path] = code

    with (
        Path(os.devnull).open("w") as nowhere,
        redirect_stdout(nowhere),
    ):  # its progress, a line for each page
        utils.write_file = keep
        app._compile(prerender_routes=False, use_rich=False)
    write_together(outputs)


def _differs(path: Path, code: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8") != code


def _write(path: Path, code: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code, encoding="utf-8")


def _floor(path: Path) -> int:
    """Pages stand on components, and those on the rest."""
    folders = path.parts
    return 2 if Dirs.ROUTES in folders else 1 if "app_components" in folders else 0
