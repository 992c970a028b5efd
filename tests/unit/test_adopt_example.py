"""The demo in docs/adopt.md is code that runs as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DRIVER = """
import asyncio, sys, types
from reflex.istate.data import RouterData

dice = types.ModuleType("portfolio_app.http.dice")
sys.modules[dice.__name__] = dice
exec(compile(sys.stdin.read(), "dice.py", "exec"), dice.__dict__)

from portfolio_app.http.transport.handling import attempt
from portfolio_app.http.build.head import head_of
from portfolio_app.http.transport.frames.events import allowed_events
from tests.unit.http.site import FakeSite

assert all(2 <= dice.roll(2) <= 12 for _ in range(99))
assert "Roll two" in str(dice.PAGE.build().render())
assert head_of(dice.PAGE)
(rule,) = [rule for name, rule in allowed_events().items() if name.endswith("dice_state.throw")]
assert rule.fit({"dice": 2}) and rule.fit({"dice": 2, "more": 1}) is None

FakeSite().install()
state = dice.DiceState(_reflex_internal_init=True)
state.router = RouterData.from_router_data({"headers": {"x-portfolio-session": "a" * 32}})
asyncio.run(dice.DiceState.throw.fn(state, 2))
print(state.total, repr(state.problem))
asyncio.run(dice.DiceState.throw.fn(state, "many"))
print(repr(state.problem))
"""


def test_the_worked_example_builds_its_page_and_refuses_what_is_wrong() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/adopt.md").read_text(), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=code,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rolled, refused = done.stdout.splitlines()
    total, problem = rolled.split()
    assert 2 <= int(total) <= 12
    assert problem == "''"
    assert refused == "'The dice is not valid.'"
