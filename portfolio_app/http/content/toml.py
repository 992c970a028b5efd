"""TOML into a typed shape; whatever is wrong is named by its line."""

import re
import tomllib
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portfolio_app.http.content.model import ContentError

Shape = TypeVar("Shape", bound=BaseModel)
_AT: Final = re.compile(r" \(at line (\d+), column \d+\)$")
_AT_END: Final = re.compile(r" \(at end of document\)$")


def parse(text: str, shape: type[Shape], path: Path, first_line: int = 1) -> Shape:
    """`text`, which begins at `first_line` of `path`, as a `shape`. Raises ContentError."""
    try:
        return shape.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(path, first_line + _line_of_syntax(str(error), text), _sentence(error)) from None
    except ValidationError as error:
        first, *more = (_wrong(each, text, path, first_line) for each in error.errors(include_url=False))
        first.more = tuple(more)
        raise first from None


def _wrong(error: ErrorDetails, text: str, path: Path, first_line: int) -> ContentError:
    name = ".".join(str(part) for part in error["loc"])
    reason = f"{name}: {error['msg'].removeprefix('Value error, ')}"
    return ContentError(path, first_line + line_of_key(text, error["loc"]), reason)


def _sentence(error: tomllib.TOMLDecodeError) -> str:
    return f"not TOML: {_AT_END.sub('', _AT.sub('', str(error)))}"


def _line_of_syntax(said: str, text: str) -> int:
    found = _AT.search(said)
    return int(found[1]) - 1 if found else max(text.count("\n") - text.endswith("\n"), 0)


def line_of_item(text: str, key: str, index: int) -> int:
    """Lines before the text that stands at `index` in the list under `key`."""
    first = line_of_key(text, (key,))
    texts = re.compile(r'"[^"]*"|\'[^\']*\'')
    left = index
    for number, line in enumerate(text.splitlines()[first:], start=first):
        found = len(texts.findall(line))
        if found > left:
            return number
        left -= found
    return first


def line_of_key(text: str, location: tuple[int | str, ...]) -> int:
    """Lines before the innermost key of `location` that is written down."""
    lines = text.splitlines()
    at = 0
    for key, index in zip(location, (*location[1:], None), strict=True):
        if isinstance(key, int):
            continue
        wanted = re.compile(rf"\s*(\[\[?([\w-]+\.)*{re.escape(key)}\]|{re.escape(key)}\s*=)")
        found = [number for number in range(at, len(lines)) if wanted.match(lines[number])]
        nth = index if isinstance(index, int) and index < len(found) else 0
        at = found[nth] if found else at
    return at
