"""Compiles pages for the development server into its folder, `.web`: all, or first those open in a browser."""

import os
import re
import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import redirect_stdout, suppress
from pathlib import Path
from types import ModuleType
from zlib import crc32

from reflex.app import App
from reflex.compiler import compiler, utils
from reflex.compiler.plugins import default_page_plugins
from reflex.constants import Dirs
from reflex.reflex import _init
from reflex.utils import build, prerequisites
from reflex_base.components.component import evaluate_style_namespaces
from reflex_base.components.memo import MEMOS
from reflex_base.config import get_config
from reflex_base.plugins import CompileContext, CompilerHooks
from reflex_base.utils import memo_paths

from portfolio_app.http.build.browser_files import write_made
from portfolio_app.http.content.loader import content


def components_of(route: str) -> str:
    """The module that a page's components are compiled into.

    Each page has one of its own, so that it can be compiled without the others; by itself the framework compiles
    those of all pages into one, named like the module that registers them.
    """
    return f"portfolio_pages.{re.sub(r'[^0-9A-Za-z]', '_', route)}_{crc32(route.encode()):08x}"


def place(build: Callable[[], object], route: str) -> None:
    """Have a page compiled into its module, which is there without a file: the framework would search for it."""
    name = build.__module__ = components_of(route)
    module = sys.modules[name] = ModuleType(name)
    module.__file__ = f"<{route}>"


def compile_pages(app: App, routes: Collection[str]) -> None:
    """Write these pages with their components and the initial state.

    Nothing is removed, and what all pages share is left to the compile of all that follows.
    """
    config = get_config()
    write_made(prerequisites.get_web_dir(), content())
    app._apply_decorated_pages()  # type: ignore[no-untyped-call] # Reflex annotates no result
    app.style = evaluate_style_namespaces(app.style)
    plugins, radix = compiler._resolve_radix_themes_plugin(app, config.plugins)
    pages = [page for route, page in app._unevaluated_pages.items() if route in routes]
    context = CompileContext(
        app=app,
        pages=pages,
        hooks=CompilerHooks(plugins=default_page_plugins(style=app.style, plugins=plugins)),
    )
    with context:
        context.compile()
    components = _components(context)
    state = compiler.compile_contexts(app._state, radix.get_theme(), component_imports=context.all_imports)
    pages_written = ((page.output_path, page.output_code) for page in context.compiled_pages.values())
    write_together(
        {
            utils.resolve_path_of_web_dir(path): code
            for path, code in (state, *components, *pages_written)
            if path is not None and code is not None
        }
    )


def missing(app: App) -> set[str]:
    """The routes of pages that no compile has written yet."""
    return {route for route in app._unevaluated_pages if not Path(utils.get_page_path(route)).exists()}


def _components(context: CompileContext) -> list[tuple[str, str]]:
    """The modules of the components that these pages import, or that one of those imports."""
    written, found = compiler.compile_memo_components(context.auto_memo_components.values())
    left = {key: memo_paths.library_for(key[1], key[0]) for key in MEMOS}
    imported = {*context.all_imports, *found}
    while used := {library for library in left.values() if library in imported}:
        own = [MEMOS[key] for key, library in left.items() if library in used]
        more, found = compiler.compile_memo_components(own)
        written, imported = [*written, *more], imported | set(found)
        left = {key: library for key, library in left.items() if library not in used}
    return written


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
    """Compile every page as the framework does: install what is missing, write what differs, remove the rest."""
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
