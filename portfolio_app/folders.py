"""The folders of the owner's own files: in this checkout, or those that CONTENT_DIR and DEMOS_DIR name.

Read whenever it is asked for, and by nothing of the project: whichever module is imported first, all of them agree.
`Settings` refuses a folder that can't be used before anything starts.
"""

import datetime
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[1]
CONTENT_DIR: Final = "CONTENT_DIR"
DEMOS_DIR: Final = "DEMOS_DIR"
SHOWN_ON: Final = "CONTENT_SHOWN_ON"
"""Set at the start, so that all processes of a site show the same articles."""
EVERYTHING: Final = "everything"
_OWN: Final = {CONTENT_DIR: "content", DEMOS_DIR: "demos"}


def content() -> Path:
    """The folder of `profile.toml`."""
    return _folder(CONTENT_DIR)


def shown_on() -> datetime.date | None:
    """The day whose articles are shown: that of the start. None under development, where all are, drafts too."""
    given = os.environ.get(SHOWN_ON, "")
    with suppress(ValueError):
        return None if given == EVERYTHING else datetime.date.fromisoformat(given)
    return today()


def today() -> datetime.date:
    """The day in UTC."""
    return datetime.datetime.now(datetime.UTC).date()


def demos() -> Path:
    """The folder of the demos; one outside the checkout is in place of the demos that ship."""
    return _folder(DEMOS_DIR)


def demo_tests() -> Path:
    """The folder of the demos' tests: for demos outside the checkout it stands beside theirs."""
    return demos().with_name("tests") if demos() in outside() else CHECKOUT / "tests/unit/demos"


def outside() -> tuple[Path, ...]:
    """The folders of the two that are not in the checkout's package."""
    package = CHECKOUT / "portfolio_app"
    return tuple(folder for folder in (content(), demos()) if not folder.is_relative_to(package))


def shown(path: Path) -> str:
    """The name of a file in messages: from the checkout on, or whole."""
    return str(path.relative_to(CHECKOUT) if path.is_relative_to(CHECKOUT) else path)


def fix() -> None:
    """Make the names absolute for processes that work in another folder, and have all show the articles of today."""
    os.environ.setdefault(SHOWN_ON, today().isoformat())
    for variable in _OWN:
        if os.environ.get(variable, "").strip():
            os.environ[variable] = str(_folder(variable))


def ignore_named() -> None:
    """Have nothing but the checkout's own: a site that is yet to be written may be named already."""
    for variable in _OWN:
        os.environ.pop(variable, None)


def _folder(variable: str) -> Path:
    given = os.environ.get(variable, "").strip()
    return Path(given).expanduser().resolve() if given else CHECKOUT / "portfolio_app" / _OWN[variable]
