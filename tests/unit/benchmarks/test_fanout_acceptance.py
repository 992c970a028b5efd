"""The promises of fan-out, judged."""

import pytest

from benchmarks.fanout.acceptance import verdicts
from benchmarks.fanout.table import lines
from benchmarks.rows import Row

GOOD = {
    ("portfolio_app", 100, "deliveries_per_s"): 30_000.0,
    ("reflex-shared-state", 100, "deliveries_per_s"): 2_000.0,
    ("socketio", 100, "deliveries_per_s"): 40_000.0,
    ("portfolio_app", 100, "bytes_per_delivery"): 350.0,
    ("portfolio_app", 100, "bytes_per_delivery_burst"): 200.0,
    ("portfolio_app", 100, "last_tab_p99_ms"): 39.9,
    ("portfolio_app", 100, "memory_kb_per_tab"): 150.0,
    ("portfolio_app", 20, "server_cpu_s_per_10k"): 0.4,
    ("portfolio_app", 500, "server_cpu_s_per_10k"): 0.6,
    ("portfolio_app", 500, "last_tab_p50_ms_burst"): 100.0,
    ("portfolio_app", 500, "last_tab_p99_ms_burst"): 400.0,
}


def rows(changed: dict[tuple[str, int, str], float | None] | None = None) -> list[Row]:
    return [
        Row("fanout", system, n, 1, metric, value, "", None if value is not None else "none within 60 s")
        for (system, n, metric), value in (GOOD | (changed or {})).items()
    ]


def test_all_promises_hold_at_their_limits() -> None:
    assert [verdict.passed for verdict in verdicts(rows())] == [True] * 7


@pytest.mark.parametrize(
    ("index", "key", "value"),
    [
        (0, ("reflex-shared-state", 100, "deliveries_per_s"), 2_001.0),
        (1, ("socketio", 100, "deliveries_per_s"), 43_000.0),
        (2, ("portfolio_app", 100, "bytes_per_delivery"), 351.0),
        (2, ("portfolio_app", 100, "bytes_per_delivery_burst"), 351.0),
        (3, ("portfolio_app", 100, "last_tab_p99_ms"), 40.0),
        (4, ("portfolio_app", 100, "memory_kb_per_tab"), 150.1),
        (5, ("portfolio_app", 500, "server_cpu_s_per_10k"), 0.61),
        (6, ("portfolio_app", 500, "last_tab_p99_ms_burst"), 401.0),
    ],
)
def test_a_promise_fails_alone_just_beyond_its_limit(
    index: int, key: tuple[str, int, str], value: float
) -> None:
    expected = [True] * 7
    expected[index] = False
    assert [verdict.passed for verdict in verdicts(rows({key: value}))] == expected


def test_a_promise_without_numbers_is_neither_kept_nor_broken() -> None:
    verdict = verdicts(rows({("reflex-shared-state", 100, "deliveries_per_s"): None}))[0]
    assert verdict.passed is None
    assert "none within 60 s" in verdict.measured


def test_the_report_shows_failures_and_a_load_client_that_was_too_busy() -> None:
    measured = rows({("portfolio_app", 100, "last_tab_p99_ms"): 41.0})
    measured.append(Row("fanout", "socketio", 100, 1, "client_busy_burst", 0.9, "cores"))
    text = "\n".join(lines(measured, verdicts(measured)))
    assert "FAIL  last-tab p99 < 40 ms at 100 tabs: 41 ms" in text
    assert "warning: socketio, 100 tabs, round 1, burst: the load client used 90% of a core" in text
    assert "portfolio_app against reflex-shared-state: deliveries/s 15x" in text


def test_a_machine_with_other_work_to_do_is_warned_about() -> None:
    measured = rows()
    measured.append(Row("fanout", "socketio", 100, 2, "others_busy_sequential", 0.4, "cores"))
    text = "\n".join(lines(measured, verdicts(measured)))
    assert "warning: socketio, 100 tabs, round 2, sequential: other programs used 40% of a core" in text


def test_a_client_and_a_machine_with_time_to_spare_are_not_warned_about() -> None:
    measured = rows()
    measured.append(Row("fanout", "socketio", 100, 1, "client_busy_burst", 0.85, "cores"))
    measured.append(Row("fanout", "socketio", 100, 1, "others_busy_burst", 0.15, "cores"))
    assert "warning" not in "\n".join(lines(measured, verdicts(measured)))
