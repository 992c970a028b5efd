"""The page about scaling shows what its simulation says, of figures that were measured."""

import json
from statistics import StatisticsError

import pytest

from benchmarks import scaling
from benchmarks.scaling import COSTS, Need, breaks, needs

ROWS = json.loads(scaling.RESULTS.read_text())["rows"]
ROUND = {"tab": 100.0, "join": 10.0, "post": 1.0, "frame": 0.01, "bytes": 300.0, "posts": 1000.0}


def test_the_tables_of_the_page_are_what_the_simulation_prints() -> None:
    page = scaling.PAGE.read_text()
    shown = page.partition("<!-- simulated: begin -->\n\n")[2].partition("\n<!-- simulated: end -->")[0]
    assert shown == scaling.tables(), "run: python -m benchmarks.scaling --write"


@pytest.mark.parametrize("name", COSTS)
def test_every_cost_was_measured_and_names_where(name: str) -> None:
    cost = COSTS[name]
    assert cost.read(ROWS) > 0
    assert f"`{cost.metric}`" in scaling.tables()
    with pytest.raises(StatisticsError):
        cost.read([row for row in ROWS if row["metric"] != cost.metric])


def test_needs_follow_from_costs() -> None:
    need = Need(1_000_000, ROUND)
    assert (need.workers, need.connections) == (250, 2_250)
    assert need.memory_gb == pytest.approx(100)
    assert need.posts == pytest.approx(1_666.67, abs=0.01)
    # 3,333 joins of 10 ms, 1,667 posts of 1 ms, and 833,333 deliveries of 0.01 ms
    assert need.cores == pytest.approx(33.33 + 1.67 + 8.33, abs=0.02)
    assert need.bus_mb_s == pytest.approx(125)


def test_what_breaks_comes_in_the_order_of_visitors() -> None:
    found = breaks(ROUND)
    assert [at for _, at in found] == sorted(at for _, at in found) == [44_000, 600_000, 3_100_000]
    # At the last of them the card is full.
    assert needs(ROWS, [breaks({name: cost.read(ROWS) for name, cost in COSTS.items()})[-1][1]])[
        0
    ].bus_mb_s == pytest.approx(scaling.NETWORK_MB_S, rel=0.07)
