"""`make bounds`: switches each bound off in turn and runs its test, which has to fail then; prints a table of them."""

import sys
from collections import Counter
from typing import Final

import pytest

from tests.bounds import bounds
from tests.bounds.bound import OUTCOME

NOT_RUN: Final = "not run"
_PLUGIN: Final = "tests.bounds.switched_off"
_STREAMS: Final = 4
"""Half of the time passes while a test waits for what never comes."""


class Outcomes:
    """Listens to how each test ended without its bound, whichever process ran it."""

    def __init__(self) -> None:
        self.by_test: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what the plugin in that process has said."""
        for name, said in report.user_properties:
            if name == OUTCOME:
                self.by_test[report.nodeid] = str(said)


def main() -> int:
    """Print bound, outcome and test of each, then how many there are of each outcome; the exit code is pytest's."""
    listed, found = bounds(), Outcomes()
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "--tb=short", "-p", _PLUGIN]
    streams = ["--numprocesses", str(_STREAMS), "--dist", "load"]
    code = pytest.main([*options, *streams, *(bound.test for bound in listed)], plugins=[found])
    outcomes = [found.by_test.get(bound.test, NOT_RUN) for bound in listed]
    width = max(len(bound.name) for bound in listed)
    for bound, outcome in zip(listed, outcomes, strict=True):
        test = bound.test.rpartition("/")[2].replace("::", " ")
        print(f"{bound.name:<{width}}  {outcome:<36}  {test}")
    totals = Counter(outcome.partition(":")[0] for outcome in outcomes)
    print(f"{len(listed)} bounds: {', '.join(f'{number} {outcome}' for outcome, number in totals.items())}")
    return int(code) or int(NOT_RUN in totals)


if __name__ == "__main__":
    sys.exit(main())
