"""The dependencies between the packages of a layer, read from their imports without importing anything."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


def modules(layer: Path) -> dict[str, Path]:
    """Every module of `layer` by its dotted name, which begins with the name of the layer's own folder."""
    found = {}
    for file in layer.rglob("*.py"):
        parts = file.relative_to(layer.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def packages(layer: Path, name: str) -> Graph:
    """The packages of `layer`, which is imported as `name`, and the packages that each of them imports.

    A package is a folder with the modules in it; a module beside `layer`'s own `__init__` is one by itself.
    """
    known = {name + module.removeprefix(layer.name): file for module, file in modules(layer).items()}

    def package(module: str) -> str:
        file = known[module]
        return module if file.parent == layer else f"{name}.{'.'.join(file.parent.relative_to(layer).parts)}"

    found: dict[str, set[str]] = {package(module): set() for module in known}
    for module, file in known.items():
        for imported in _imported(file):
            # `from package import name` is about a module of that name if there is one.
            target = next((each for each in (imported, imported.rpartition(".")[0]) if each in known), None)
            if target is not None and package(target) != package(module):
                found[package(module)].add(package(target))
    return {each: frozenset(others) for each, others in found.items()}


def cycles(graph: Graph) -> list[tuple[str, str]]:
    """Pairs of packages each of which leads back to the other."""
    return [
        (one, other) for one in sorted(graph) for other in sorted(graph[one]) if one in _below(graph, other)
    ]


def depth(graph: Graph) -> int:
    """How many packages import one another in a row at most; there may be no cycles."""

    @cache
    def level(package: str) -> int:
        return 1 + max((level(other) for other in graph[package]), default=0)

    return max(map(level, graph), default=0)


def _below(graph: Graph, package: str) -> set[str]:
    found, left = {package}, [package]
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
