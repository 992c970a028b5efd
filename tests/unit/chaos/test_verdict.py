"""The checker rejects a history for each kind of broken promise, and accepts what may happen under faults."""

from pathlib import Path

import pytest

from tests.chaos.history import (
    Frame,
    Fresh,
    History,
    Invoke,
    Ok,
    Run,
    Stored,
    kept_of,
    line_of,
)
from tests.chaos.verdict import judge
from tests.unit.chaos.histories import (
    BROKEN,
    KEPT,
    ONE,
    POSTED,
    ROOM,
    TWO,
    ends,
    history,
    pushed,
    row,
    window,
)


@pytest.mark.parametrize("name", KEPT)
def test_what_may_happen_under_faults_is_accepted(name: str) -> None:
    assert judge(KEPT[name]).findings == ()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_is_found(name: str) -> None:
    assert name.partition(",")[0] in judge(BROKEN[name]).broken


def test_a_quiet_room_counts_like_any_other() -> None:
    run = Run(1, [ROOM, "attic"], ["ann"])
    quiet = [
        Frame("w2", "attic", {"chat_state": {"window_rx_state_": window(0)}}),
        Invoke(9, "bob", "post", "attic", "c9", "here"),
        Ok(9, 1),
        Stored("attic", 1, [row(1, "c9", "here")]),
        Fresh("attic", "front", window(1, row(1, "c9", "here"))),
    ]
    [head, *busy] = KEPT["posts"]
    assert isinstance(head, Run)
    assert judge([run, *busy, *quiet]).broken == {"unequal"}


def test_watchers_are_compared_wherever_all_was_quiet() -> None:
    first, second = POSTED[:2], POSTED[2:]
    late = history(*first, *ends(1, ONE), pushed(ONE), *second, pushed(TWO), *ends(2, ONE, TWO))
    assert judge(late).broken == {"unequal"}
    in_time = history(*first, pushed(ONE), *ends(1, ONE), *second, pushed(TWO), *ends(2, ONE, TWO))
    assert judge(in_time).findings == ()


def test_a_reading_of_what_is_new_stands_on_the_one_before_and_the_last_one_is_whole() -> None:
    new = Stored(ROOM, 2, [TWO], since=1)
    both = history(*POSTED[:2], pushed(ONE), *ends(1, ONE), *POSTED[2:], pushed(TWO), new)
    opened_anew = Fresh(ROOM, "front", window(2, ONE, TWO))
    assert judge([*both, opened_anew, *ends(2, ONE, TWO)]).findings == ()
    assert judge([*both, Fresh(ROOM, "front", window(2, TWO)), *ends(2, ONE, TWO)]).broken == {"unequal"}
    assert judge([*both, opened_anew, *ends(2, TWO)]).broken == {"lost", "revision", "unequal"}
    assert judge([*both, opened_anew]).broken == {"whole"}


def test_an_answer_to_nothing_is_no_history() -> None:
    with pytest.raises(ValueError, match="nobody asked"):
        judge(history(Ok(5, 1), *ends(0)))


def test_a_history_is_read_as_it_was_written_and_judged_the_same(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    written = History(file)
    for entry in BROKEN["lost"]:
        written.add(entry)
    with file.open("a") as lines:
        lines.write('{"kind":"ok","op":')  # the process was killed here
    read = History.read(file)
    assert read.entries == written.entries
    assert judge(read.entries) == judge(written.entries)
    assert judge(read.entries).broken == {"lost", "revision", "unequal"}


@pytest.mark.parametrize(
    "line", ["{}", "no", '{"kind":"ok"}', '{"kind":"of","op":1}', "[]", '{"kind":"ok","op":1,"x":2}']
)
def test_a_file_that_is_no_history_is_refused_by_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text(line_of(Run(1, [], [])) + f"\n{line}\n")
    with pytest.raises(ValueError, match="line 2 is no entry"):
        History.read(file)


def test_what_a_page_only_paints_is_not_kept() -> None:
    full = row(1, "c1", "one") | {"author": "demo", "at": 5, "pieces": []}
    delta = {
        "state.chat_state": {"window_rx_state_": window(1, full) | {"own": []}, "title_rx_state_": "Lobby"},
        "state.room_feed": {"arrivals_rx_state_": [full], "revision_rx_state_": 1, "own_rx_state_": []},
        "state.log_feed": {"arrivals_rx_state_": [1]},
    }
    assert kept_of(delta) == {
        "chat_state": {"window_rx_state_": window(1, ONE)},
        "room_feed": {"arrivals_rx_state_": [ONE], "revision_rx_state_": 1},
    }
    assert kept_of({"state.identity_state": {"tag_rx_state_": "x"}}) == {}
