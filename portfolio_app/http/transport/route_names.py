"""The name of the route behind a path: few names, whatever visitors ask for."""

import re
from collections.abc import Iterable
from typing import Final

from starlette.routing import compile_path

OTHER: Final = "other"
_PREFIXES: Final = {"/assets/": "/assets/{file}"}
_PARAMETER: Final = re.compile(r"\[+(\.{3})?(\w+)\]+")


class RouteNames:
    """Looks up which of `templates` (Starlette's or Reflex's notation) a path belongs to."""

    def __init__(self, templates: Iterable[str]) -> None:
        self._exact: dict[str, str] = {}
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        for template in templates:
            path = _PARAMETER.sub(_braces, template)
            pattern, shown, parameters = compile_path(path)
            if parameters:
                self._patterns.append((pattern, shown))
            else:
                self._exact[path] = path

    def of(self, path: str) -> str:
        """The template, or `OTHER` for a path that belongs to none."""
        for prefix, name in _PREFIXES.items():
            if path.startswith(prefix):
                return name
        path = path.rstrip("/") or "/"
        if path in self._exact:
            return self._exact[path]
        return next((shown for pattern, shown in self._patterns if pattern.match(path)), OTHER)


def _braces(match: re.Match[str]) -> str:
    rest, name = match.groups()
    return f"{{{name}:path}}" if rest else f"{{{name}}}"
