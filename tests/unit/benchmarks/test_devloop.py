"""The edits of the developer's loop fit the sources they are made to, and only copies are edited."""

from pathlib import Path

import pytest

from benchmarks.devloop import systems
from benchmarks.devloop.run import edited, report
from benchmarks.devloop.systems import BLANK, KINDS, SITE, Edit
from benchmarks.rows import Row
from portfolio_app.launcher.toolchain import ROOT


@pytest.mark.parametrize("make", [systems.site, systems.blank])
def test_every_edit_fits_a_copy(make, tmp_path: Path) -> None:
    system = make(tmp_path, 1)

    assert not system.root.is_relative_to(ROOT)
    for edit in system.edits.values():
        file = system.root / edit.file
        assert "a-mark" in edited(file.read_text() if file.exists() else "", edit, "a-mark")
    assert tuple(kind for kind in KINDS if kind in system.edits or system.name == BLANK) == KINDS


def test_an_edit_that_no_longer_fits_is_an_error() -> None:
    with pytest.raises(ValueError, match="has no 'gone'"):
        edited("text", Edit("x.py", {"gone": "{mark}"}), "mark")


@pytest.mark.parametrize(("own", "verdict"), [(150.0, "pass"), (151.0, "FAIL")])
def test_a_change_may_take_half_as_long_again_as_in_a_blank_app(own: float, verdict: str) -> None:
    rows = [
        Row("devloop", name, 1, 1, "change_to_seen_ms", value, "ms", kind="text")
        for name, value in ((SITE, own), (BLANK, 100.0))
    ]

    assert [line.split()[0] for line in report(rows)][1:] == [verdict]
