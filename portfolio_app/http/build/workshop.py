"""The folder that the development server works in, `.web`: set up, and filled with every page."""

import os
from contextlib import redirect_stdout
from pathlib import Path

from reflex.app import App
from reflex.compiler import utils
from reflex.reflex import _init
from reflex.utils import build, js_runtimes, prerequisites
from reflex_base.config import get_config


def prepare() -> bool:
    """Set the folder up; whether the packages are there, so that the server can start before a compile."""
    if prerequisites.needs_reinit():
        _init(name=get_config().app_name)
    build.setup_frontend(prerequisites.get_web_dir().parent)
    return js_runtimes._frontend_packages_cache_path().exists()


def write_whole(path: str | Path, code: str) -> None:
    """Write what has changed, at once: the dev server reads a file as soon as it is touched, half of it if need be."""
    path = Path(path)
    if path.exists() and path.read_text(encoding="utf-8") == code:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = prerequisites.get_backend_dir() / f"draft-{os.getpid()}"  # in a folder that Vite does not watch
    draft.parent.mkdir(parents=True, exist_ok=True)
    draft.write_text(code, encoding="utf-8")
    draft.replace(path)


def compile_all(app: App) -> None:
    """As the framework does it: install packages that are missing, write what differs, remove what is too much."""
    with (
        Path(os.devnull).open("w") as nowhere,
        redirect_stdout(nowhere),
    ):  # its progress, a line for each page
        utils.write_file = write_whole
        app._compile(prerender_routes=False, use_rich=False)
