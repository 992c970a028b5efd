"""Plugin of pytest that runs each test without its bound and turns its outcome round, in every process of a run."""

from collections.abc import Generator
from typing import Any, Final
from unittest.mock import patch

import pytest

from tests.bounds import bounds
from tests.bounds.bound import OUTCOME

_BROKEN: Final = (AttributeError, ImportError, NameError, TypeError)
"""What a switch that does not fit raises: the test said nothing of the bound then."""
_LISTED: Final = {bound.test: bound for bound in bounds()}
assert len(_LISTED) == len(bounds()), "a test stands in one row"


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Fail what passes."""
    bound = _LISTED[pyfuncitem.nodeid]
    say = pyfuncitem.user_properties.append
    with patch(bound.target, bound.off):
        try:
            yield
        except _BROKEN as error:
            say((OUTCOME, f"THE SWITCH BROKE: {type(error).__name__}"))
            raise
        except (Exception, pytest.fail.Exception) as error:  # whatever the test says
            say((OUTCOME, f"fails without it: {type(error).__name__}"))
            return True
    say((OUTCOME, "PASSES WITHOUT IT"))
    raise AssertionError(f"{bound.name}: the test passes without the bound")
