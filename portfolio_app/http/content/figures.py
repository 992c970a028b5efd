"""Numbers that a text takes from the recorded benchmark, so that it says what was measured last.

A text that wants some names them in a table `[figures]`; no other text is touched.
"""

import json
import math
import re
import statistics
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from portfolio_app.http.content.model import ContentError
from portfolio_app.http.content.toml import line_of_key

RESULTS: Final = Path(__file__).parents[3] / "benchmarks/results/latest.json"
_USE: Final = re.compile(r"\{\{(\w+)\}\}")
_SIGNIFICANT: Final = 3
_DOTS: Final = 3
_CHOICES: Final[Mapping[str, Callable[[list[float]], float]]] = {
    "": statistics.median,
    "lowest": min,
    "highest": max,
}


class NoFigure(ValueError):
    """The results hold no such number; the text says why."""


def fill(text: str, figures: Mapping[str, str], path: Path, first_line: int) -> str:
    """`text`, which begins at `first_line` of `path`, with each `{{name}}` as its figure. Raises ContentError.

    Without any figures `{{name}}` is text like any other.
    """
    if not figures:
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        for name in _USE.findall(line):
            if name not in figures:
                raise ContentError(path, first_line + number, f"{{{{{name}}}}} is not among the [figures]")
        lines[number] = _USE.sub(lambda found: figures[found[1]], line)
    return "\n".join(lines)


def named_in(toml: str, path: Path, first_line: int) -> dict[str, str]:
    """The figures that a text of TOML names, as they are written out. Raises ContentError.

    None if it is not TOML or they are no table of texts: whoever reads the whole of it will say so.
    """
    try:
        table = tomllib.loads(toml).get("figures", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    if not isinstance(table, dict) or not all(isinstance(source, str) for source in table.values()):
        return {}
    found: dict[str, str] = {}
    for name, source in table.items():
        try:
            found[name] = written(_value(source))
        except NoFigure as error:
            line = line_of_key(toml, ("figures", name))
            raise ContentError(path, first_line + line, f"figures.{name}: {error}") from None
    return found


def _value(source: str) -> float:
    """`measure.system.n.metric` for the median of its rounds, or one of these divided by another."""
    first, *divisors = (_of_rounds(part) for part in source.split(" / "))
    try:
        return first / math.prod(divisors)
    except ZeroDivisionError:
        raise NoFigure(f"{source!r} divides by 0") from None


def _of_rounds(words: str) -> float:
    *which, key = words.split() or [""]
    choose = _CHOICES.get(" ".join(which))
    if choose is None or key.count(".") != _DOTS:
        raise NoFigure(f"{words!r} is no measure.system.n.metric, with lowest or highest before it")
    return choose(_rounds(key))


def _rounds(key: str) -> list[float]:
    """The value of each round; as in the report there are none unless all rounds have one."""
    try:
        state = RESULTS.stat()
        found = _results(RESULTS, state.st_mtime_ns, state.st_size).get(key)
    except OSError:
        raise NoFigure("benchmarks/results/latest.json is not there to take it from") from None
    if not found:
        raise NoFigure(f"benchmarks/results/latest.json has no {key}")
    if missing := next((row for row in found if row["value"] is None), None):
        raise NoFigure(f"{key} has a round without a value: {missing['error']}")
    return [row["value"] for row in found]


@lru_cache(maxsize=1)
def _results(path: Path, _changed_ns: int, _size: int) -> Mapping[str, list[dict[str, Any]]]:
    """The rows of each measure.system.n.metric; a page names dozens of them."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in json.loads(path.read_text(encoding="utf-8"))["rows"]:
        found[".".join(str(row[part]) for part in ("measure", "system", "n", "metric"))].append(row)
    return found


def written(value: float) -> str:
    """Three significant digits, and never less than the whole number: 0.0834, 8.23, 61,164."""
    digits = _SIGNIFICANT - 1 - math.floor(math.log10(abs(value))) if value else 0
    return f"{value:,.{max(digits, 0)}f}"
