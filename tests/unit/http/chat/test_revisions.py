"""The room's script, run by Node.js: it asks for page after page until the room is whole."""

import json
import subprocess
from pathlib import Path
from typing import Any

from portfolio_app.http.build.browser_files import HTTP
from portfolio_app.launcher.toolchain import BIN

DRIVER = Path(__file__).with_name("revisions.mjs")
CHANGED_TWICE = {3, 4, 11}
REVISION = 20
CHANGES = [revision for revision in range(1, REVISION + 1) if revision not in CHANGED_TWICE]


def catch_up(page: int, *, lost: int = 0) -> Any:
    """Catch up from nothing; the answer number `lost` does not arrive."""
    given = {"changes": CHANGES, "revision": REVISION, "page": page, "lost": lost}
    done = subprocess.run(
        [BIN / "node", DRIVER],
        input=json.dumps(
            given | {"scripts": {f"$/public/js/{path.name}": path.as_uri() for path in HTTP.rglob("*.js*")}}
        ),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_pages_give_the_same_rows_as_one_answer_each_once_and_without_waiting_in_between() -> None:
    at_once, paged = catch_up(page=100), catch_up(page=5)
    assert at_once == {"asked": [0], "rows": CHANGES, "last": REVISION, "fired": 1}
    assert paged == {"asked": [0, 7, 13, 18], "rows": CHANGES, "last": REVISION, "fired": 1}


def test_a_page_that_gets_lost_is_asked_for_again() -> None:
    assert catch_up(page=5, lost=2) == {
        "asked": [0, 7, 7, 13, 18],
        "rows": CHANGES,
        "last": REVISION,
        "fired": 2,
    }
