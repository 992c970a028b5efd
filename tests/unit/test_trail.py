"""The house can be followed: from a name to its definition, from the form of a message to its row."""

import pytest

from tests.trail import MESSAGE, MOST_FILES, MOST_STOPS, TRAILS, Astray, Hop, Stop, Trail, files_of, walk


@pytest.mark.parametrize("trail", TRAILS, ids=lambda trail: trail.title)
def test_a_trail_is_walked_by_go_to_definition(trail: Trail) -> None:
    steps = list(walk(trail))
    assert len(steps) == len(trail.hops) + 1 <= MOST_STOPS
    assert len(files_of(steps)) <= MOST_FILES


def test_a_chat_body_ends_in_its_row_on_the_way_through_every_layer() -> None:
    stops = [step.stop for step in walk(MESSAGE)]
    assert stops[-1] == Stop("portfolio_app/infra/db/tables/chat.py", "MessageRow")
    layers = dict.fromkeys(stop.path.split("/")[1] for stop in stops)
    assert list(layers) == ["http", "app", "infra"]


@pytest.mark.parametrize(
    ("hop", "reason"),
    [
        (Hop("self.journal", "MessageJournal"), "names no self.journal"),
        (Hop("chat_panel", "composer"), "leads to chat_panel, not to composer"),
        (Hop("column", "column"), "names no column"),
        (Hop("rx.fragment", "fragment", anywhere=True), "nothing is defined|is not this project's"),
        (Hop("", "live_chat", implements=True), "no class of infra implements live_chat"),
    ],
)
def test_a_name_that_leads_astray_is_reported(hop: Hop, reason: str) -> None:
    trail = Trail("astray", MESSAGE.start, (), (hop,))
    with pytest.raises(Astray, match=reason):
        list(walk(trail))
