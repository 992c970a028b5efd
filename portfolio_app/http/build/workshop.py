"""The folder that the development server works in, `.web`: set up, and filled with every page."""

import os
from contextlib import redirect_stdout
from pathlib import Path

from reflex.app import App
from reflex.reflex import _init
from reflex.utils import build, js_runtimes, prerequisites
from reflex_base.config import get_config


def prepare() -> bool:
    """Set the folder up; whether the packages are there, so that the server can start before a compile."""
    if prerequisites.needs_reinit():
        _init(name=get_config().app_name)
    build.setup_frontend(prerequisites.get_web_dir().parent)
    return js_runtimes._frontend_packages_cache_path().exists()


def compile_all(app: App) -> None:
    """As the framework does it: install packages that are missing, write what differs, remove what is too much."""
    with (
        Path(os.devnull).open("w") as nowhere,
        redirect_stdout(nowhere),
    ):  # its progress, a line for each page
        app._compile(prerender_routes=False, use_rich=False)
