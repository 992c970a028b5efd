"""How the modules of a package stand on one another, read from their imports without importing anything."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


def modules(package: Path) -> dict[str, Path]:
    """Every module of `package` by its dotted name, which begins with the name of the package's own folder."""
    found = {}
    for file in package.rglob("*.py"):
        parts = file.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def rooms(package: Path, name: str) -> Graph:
    """The rooms of `package`, which is imported as `name`, and the rooms that each of them imports.

    A room is a folder with the modules in it; a module beside `package`'s own `__init__` is a room of its own.
    """
    known = {name + module.removeprefix(package.name): file for module, file in modules(package).items()}

    def room(module: str) -> str:
        file = known[module]
        return (
            module if file.parent == package else f"{name}.{'.'.join(file.parent.relative_to(package).parts)}"
        )

    found: dict[str, set[str]] = {room(module): set() for module in known}
    for module, file in known.items():
        for imported in _imported(file):
            # `from package import name` is about a module of that name if there is one.
            target = next((each for each in (imported, imported.rpartition(".")[0]) if each in known), None)
            if target is not None and room(target) != room(module):
                found[room(module)].add(room(target))
    return {each: frozenset(others) for each, others in found.items()}


def circles(graph: Graph) -> list[tuple[str, str]]:
    """Pairs of rooms each of which leads back to the other."""
    return [
        (one, other) for one in sorted(graph) for other in sorted(graph[one]) if one in _below(graph, other)
    ]


def floors(graph: Graph) -> int:
    """How many rooms stand on one another at most; there may be no circles."""

    @cache
    def floor(room: str) -> int:
        return 1 + max((floor(other) for other in graph[room]), default=0)

    return max(map(floor, graph), default=0)


def _below(graph: Graph, room: str) -> set[str]:
    found, left = {room}, [room]
    while left:
        new = graph[left.pop()] - found
        found |= new
        left += new
    return found


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
