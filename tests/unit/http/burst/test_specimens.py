"""The burst in the style guide."""

import re
from collections import Counter

from portfolio_app.http.burst.controls import LOOPS, WORKLOADS, burst_controls
from portfolio_app.http.styleguide import PAGE, all_groups


def test_no_two_sets_of_radio_buttons_choose_one_another_off() -> None:
    names = Counter(re.findall(r'name:"(burst-mode[^"]*)"', str(PAGE.build().render())))
    loops = {name: count for name, count in names.items() if name.endswith("-loop")}
    assert set(loops.values()) == {len(LOOPS)}
    names = Counter({name: count for name, count in names.items() if name not in loops})
    assert set(names.values()) == {len(WORKLOADS)}
    specimens = [specimen for group in all_groups() for specimen in group.specimens]
    assert len(names) == sum(specimen.component is burst_controls for specimen in specimens)
