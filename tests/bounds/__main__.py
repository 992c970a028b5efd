"""`make bounds`: switches each bound off in turn and runs its test, which has to fail then; prints a table of them."""

import sys
from collections import Counter
from collections.abc import Generator
from typing import Any, Final
from unittest.mock import patch

import pytest

from tests.bounds import bounds
from tests.bounds.bound import Bound

NOT_RUN: Final = "not run"
_BROKEN: Final = (AttributeError, ImportError, NameError, TypeError)
"""What a switch that does not fit raises: the test said nothing of the bound then."""


class SwitchedOff:
    """A plugin: runs each test without its bound, and turns its outcome round."""

    def __init__(self, listed: list[Bound]) -> None:
        self._listed = {bound.test: bound for bound in listed}
        assert len(self._listed) == len(listed), "a test stands in one row"
        self.outcomes = {bound.test: NOT_RUN for bound in listed}

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        """Fail what passes."""
        bound = self._listed[pyfuncitem.nodeid]
        with patch(bound.target, bound.off):
            try:
                yield
            except _BROKEN as error:
                self.outcomes[bound.test] = f"THE SWITCH BROKE: {type(error).__name__}"
                raise
            except (Exception, pytest.fail.Exception) as error:  # whatever the test says
                self.outcomes[bound.test] = f"fails without it: {type(error).__name__}"
                return True
        self.outcomes[bound.test] = "PASSES WITHOUT IT"
        raise AssertionError(f"{bound.name}: the test passes without the bound")


def main() -> int:
    """Print bound, outcome and test of each, then how many there are of each outcome; the exit code is pytest's."""
    listed = bounds()
    plugin = SwitchedOff(listed)
    options = ["-q", "-n0", "--no-header", "-p", "no:cacheprovider", "--tb=short"]
    code = pytest.main([*options, *(bound.test for bound in listed)], plugins=[plugin])
    width = max(len(bound.name) for bound in listed)
    for bound in listed:
        test = bound.test.rpartition("/")[2].replace("::", " ")
        print(f"{bound.name:<{width}}  {plugin.outcomes[bound.test]:<36}  {test}")
    totals = Counter(outcome.partition(":")[0] for outcome in plugin.outcomes.values())
    print(f"{len(listed)} bounds: {', '.join(f'{number} {outcome}' for outcome, number in totals.items())}")
    return int(code) or int(NOT_RUN in totals)


if __name__ == "__main__":
    sys.exit(main())
