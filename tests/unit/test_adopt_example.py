"""The demos in docs/adopt.md are the files that ship, and as short as a demo should be."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUOTED = dict(re.findall(r"```python (\S+)\n(.*?)```", (ROOT / "docs/adopt.md").read_text(), re.DOTALL))


@pytest.mark.parametrize(("name", "lines"), [("dice", 15), ("kudos", 35)])
def test_the_documented_demo_is_the_one_that_ships(name: str, lines: int) -> None:
    path = f"portfolio_app/demos/{name}.py"
    shipped = (ROOT / path).read_text()
    assert QUOTED[path] == shipped
    assert len(shipped.splitlines()) <= lines


def test_every_name_that_the_kit_exports_is_explained() -> None:
    from portfolio_app import demo

    text = (ROOT / "docs/adopt.md").read_text()
    assert [name for name in demo.__all__ if not re.search(rf"`[^`]*\b{name}\b", text)] == []
