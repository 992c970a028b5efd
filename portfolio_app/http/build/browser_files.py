"""Scripts and stylesheets that stand beside the Python that uses them, as the frontend's compiler wants them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

HTTP: Final = Path(__file__).parents[1]
ASSETS: Final = HTTP.parents[1] / "assets"
FIRST: Final = ("tokens", "fonts", "reset", "base", "code")
"""Stylesheets of the whole site that go first: `tokens` fixes the order of the cascade layers."""
LAST: Final = ("print",)
"""Stylesheets of the whole site that go last."""
_DEVELOPMENT_ONLY: Final = "styleguide"


def scripts() -> dict[Path, str]:
    """Every script of kit and features, by its place below `.web`; pages import it as `$/public/js/NAME`."""
    return {Path("public/js") / file.name: _text(file) for file in _files(".js", ".jsx")}


def stylesheets() -> dict[Path, str]:
    """Every stylesheet by its place below `.web`, in the order of the cascade: kit, then features by name."""
    own = {file.stem: file for file in _files(".css")}
    common = {name: ASSETS / "css" / f"{name}.css" for name in (*FIRST, *LAST)}
    ordered = [
        *((name, common[name]) for name in FIRST),
        *own.items(),
        *((name, common[name]) for name in LAST),
    ]
    return {Path("styles/css") / f"{name}.css": _text(file) for name, file in ordered}


def _files(*suffixes: str) -> Iterator[Path]:
    """Files beside Python with one of these endings: those of `kit` first, then by feature and name."""
    found = [
        file
        for file in HTTP.rglob("*")
        if file.suffix in suffixes and file.relative_to(HTTP).parts[0] != _DEVELOPMENT_ONLY
    ]
    return iter(sorted(found, key=lambda file: (file.parent.name != "kit", file)))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
