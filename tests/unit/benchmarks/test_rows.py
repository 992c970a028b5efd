"""The statistics that the report quotes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.rows import Row, Summary, first_error, percentile, summary


def row(value: float | None, round_: int = 1, error: str | None = None) -> Row:
    return Row("fanout", "socketio", 20, round_, "deliveries_per_s", value, "1/s", error)


@pytest.mark.parametrize(("percent", "expected"), [(1, 1), (50, 50), (99, 99), (99.5, 100), (100, 100)])
def test_a_percentile_is_a_sample_that_was_seen(percent: float, expected: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], percent) == expected


def test_p99_of_few_samples_is_the_slowest_one() -> None:
    assert percentile([5.0, 1.0, 9.0], 99) == 9.0


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 50)


def test_a_summary_is_the_median_with_minimum_and_maximum() -> None:
    rows = [row(30.0, 1), row(10.0, 2), row(11.0, 3)]
    assert summary(rows, "socketio", 20, "deliveries_per_s") == Summary(11.0, 10.0, 30.0)


def test_one_failed_round_leaves_no_summary_but_its_reason() -> None:
    rows = [row(30.0, 1), row(None, 2, "none within 60 s")]
    assert summary(rows, "socketio", 20, "deliveries_per_s") is None
    assert first_error(rows, "socketio", 20, "deliveries_per_s") == "none within 60 s"


def test_rows_of_other_systems_and_sizes_stay_out_of_a_summary() -> None:
    assert summary([row(30.0)], "portfolio_app", 20, "deliveries_per_s") is None
    assert summary([row(30.0)], "socketio", 100, "deliveries_per_s") is None


def test_the_results_file_has_the_agreed_shape(tmp_path: Path) -> None:
    path = tmp_path / "results" / "latest.json"
    report.write(path, {"cores": 2}, {"python": "3.11"}, [row(1.5), row(None, 2, "lost")])
    written = json.loads(path.read_text())
    assert written["machine"] == {"cores": 2}
    assert written["versions"] == {"python": "3.11"}
    assert written["rows"] == [
        {
            "measure": "fanout",
            "system": "socketio",
            "n": 20,
            "round": 1,
            "metric": "deliveries_per_s",
            "value": 1.5,
            "unit": "1/s",
        },
        {
            "measure": "fanout",
            "system": "socketio",
            "n": 20,
            "round": 2,
            "metric": "deliveries_per_s",
            "value": None,
            "unit": "1/s",
            "error": "lost",
        },
    ]
    assert [entry.name for entry in path.parent.iterdir()] == ["latest.json"]


def test_one_measure_replaces_its_own_rows_and_leaves_the_others_where_they_ran(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    soak = Row("soak", "portfolio_app", 5_000, 1, "balanced", 1.0, "0 or 1")
    report.write(path, {"cores": 2}, {"python": "3.11"}, [row(1.5), replace(soak, value=0.0)])
    report.write(path, {"cores": 4}, {"python": "3.12"}, [soak])
    report.write(path, {"cores": 8}, {"python": "3.13"}, [])

    written = json.loads(path.read_text())
    assert written["rows"] == [row(1.5).as_json(), soak.as_json()]
    assert written["ran_on"] == {
        "fanout": {"machine": {"cores": 2}, "versions": {"python": "3.11"}},
        "soak": {"machine": {"cores": 4}, "versions": {"python": "3.12"}},
    }


def test_rows_of_a_file_that_does_not_say_more_ran_where_it_says(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    old = {"machine": {"cores": 2}, "versions": {}, "rows": [row(1.5).as_json()]}
    path.write_text(json.dumps(old))
    report.write(path, {"cores": 4}, {}, [])
    assert json.loads(path.read_text())["ran_on"] == {"fanout": {"machine": {"cores": 2}, "versions": {}}}
