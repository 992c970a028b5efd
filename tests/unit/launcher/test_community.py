"""Commands for members and rooms: what they did, or one line that says why not."""

import pytest

from portfolio_app.launcher.commands import main

pytestmark = pytest.mark.usefixtures("own_environment")


def test_rooms_are_made_and_archived_by_the_operator_who_reads_why_not_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["migrate"]) == 0
    assert main(["room", "make", "deploys", "Deploys"]) == 0
    capsys.readouterr()
    assert main(["room", "archive", "deploys"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "archive: deploys",
        "it counts at once; open tabs show it when they are opened anew",
    ]
    assert main(["room", "make", "deploys", "Again"]) == 1
    assert main(["room", "raise", "nowhere"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "error: There is a room with that name already.",
        "error: There is no room with that name.",
    ]


def test_what_the_operator_does_to_a_member_nobody_knows_is_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["migrate"]) == 0
    capsys.readouterr()
    for change in ("reset", "end-sessions", "disable", "enable"):
        assert main(["user", change, "nobody"]) == 1
        assert main(["user", change, "x'; DROP TABLE users --"]) == 1
        first, second = capsys.readouterr().err.splitlines()
        assert first == "error: there is no member called nobody"
        assert second.startswith("error: there is no member called x'")
