"""The imports among the modules of the project, read from their text: what a change leaves untouched can be kept."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from portfolio_app import folders

PACKAGE: Final = "portfolio_app"
ENTRY: Final = f"{PACKAGE}.portfolio_app"
"""Registers the pages, and reads the content for it."""
_DEMOS: Final = f"{PACKAGE}.demos"
NOT_PREPARED: Final = (ENTRY, f"{PACKAGE}.launcher", f"{PACKAGE}.__main__", f"{PACKAGE}.http.styleguide")
_IMPORT: Final = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|.*)|import[ \t]+([\w.]+))", re.MULTILINE
)
FRAMEWORK: Final = (
    *("reflex.app", "reflex.compiler.compiler", "reflex.utils.prerequisites", "reflex.utils.build"),
    *("reflex.utils.frontend_skeleton", "reflex.utils.js_runtimes", "reflex.istate.manager.memory"),
    *(
        "reflex.assets",
        "reflex_components_core.el.elements.tables",
        "reflex_components_radix.themes.color_mode",
    ),
    *("reflex_components_radix.themes.components.dropdown_menu", "opentelemetry.instrumentation.asgi"),
    *(
        "uvicorn",
        "uvloop",
        "uvicorn.protocols.http.httptools_impl",
        "uvicorn.lifespan.on",
        "passlib.handlers.argon2",
    ),
)
"""Modules that frameworks themselves import late."""


def modules(root: Path) -> dict[str, Path]:
    """Every module of the project by name."""
    found = {_name(file.relative_to(root)): file for file in _sources(root / PACKAGE)}
    if (demos := folders.demos()) in folders.outside():
        found = {name: file for name, file in found.items() if not name.startswith(f"{_DEMOS}.")}
        found |= {f"{_DEMOS}.{_name(file.relative_to(demos))}": file for file in _sources(demos)}
    return found


def _sources(folder: Path) -> list[Path]:
    """The files of modules: not what an editor keeps beside them, such as its lock `.#name.py`, a link to nothing."""
    return sorted(file for file in folder.rglob("*.py") if not file.name.startswith(".") and file.is_file())


def libraries(found: Mapping[str, Path]) -> list[str]:
    """The modules that the project imports and that are not its own, late imports included."""
    named = (name for file in found.values() for name, _ in _imports(file))
    return sorted(
        {*FRAMEWORK, *(name for name in named if name.partition(".")[0] not in (PACKAGE, "rxconfig"))}
    )


def untouched(found: Mapping[str, Path], changed: Iterable[Path]) -> list[str]:
    """The modules that import none of the changed files, however indirectly."""
    importers = defaultdict(set)
    for name, file in found.items():
        for imported in _project_imports(file, found):
            importers[imported].add(name)
        importers[name.rpartition(".")[0]].add(name)  # a package is imported before what is in it
    files = set(changed)
    waiting = [name for name, file in found.items() if file in files]
    touched = set(waiting)
    while waiting:
        fresh = importers[waiting.pop()] - touched
        touched |= fresh
        waiting += fresh
    return [name for name in found if name not in touched and not name.startswith(NOT_PREPARED)]


def read_content(_link: object) -> None:
    """Have the words ready for what is forked from the process that this is called in."""
    from portfolio_app.http.content.loader import content

    content()


def _project_imports(file: Path, found: Mapping[str, Path]) -> Iterator[str]:
    for name, parts in _imports(file):
        yield from (
            candidate for candidate in (name, *(f"{name}.{part}" for part in parts)) if candidate in found
        )


def _imports(file: Path) -> Iterator[tuple[str, list[str]]]:
    """The modules a file names, each with what it takes from them; also in a text that reads like an import."""
    for package, taken, module in _IMPORT.findall(file.read_text(encoding="utf-8", errors="replace")):
        yield package or module, re.findall(r"\w+", taken)


def _name(local: Path) -> str:
    return ".".join(local.with_suffix("").parts).removesuffix(".__init__")
