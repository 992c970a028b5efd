"""The burst measure's numbers and verdicts."""

import pytest

from benchmarks.burst import SIZE, WORKERS, report, rows_of, values_of_answers, values_of_receipt
from benchmarks.probe import BARE_UVICORN, GRANIAN, SITE
from benchmarks.rows import Row

RECEIPT = {
    "rps": 500.0,
    "latency_ms": {"p50": 40.0, "p99": 90.0},
    "ledgers": {"answered": SIZE},
    "balanced": True,
}


def rows(site: float, bare: float, balanced: float = 1.0) -> list[Row]:
    return [
        row
        for system, rate in ((SITE, site), (GRANIAN, bare), (BARE_UVICORN, bare))
        for row in rows_of(system, 1, {"requests_per_s": rate})
    ] + rows_of(SITE, 1, {"balanced": balanced})


@pytest.mark.parametrize(("site", "verdict"), [(800.0, "pass"), (799.0, "FAIL")])
def test_the_promise_is_four_fifths_of_either_bare_route(site: float, verdict: str) -> None:
    lines = list(report(rows(site, 1_000.0)))[-2:]
    assert all(line.startswith(f"  {verdict}  ") for line in lines)
    assert [GRANIAN in lines[0], BARE_UVICORN in lines[1]] == [True, True]


def test_without_a_number_there_is_no_verdict() -> None:
    assert all("no verdict" in line for line in list(report(rows_of(SITE, 1, {"requests_per_s": 1.0})))[-2:])


@pytest.mark.parametrize(("balanced", "verdict"), [(1.0, "pass"), (0.0, "FAIL")])
def test_one_receipt_that_does_not_balance_is_told(balanced: float, verdict: str) -> None:
    found = [*rows(900.0, 1_000.0), *rows_of(SITE, 2, {"balanced": balanced})]
    assert f"  {verdict}  every receipt of the site balances" in list(report(found))


@pytest.mark.parametrize(
    ("change", "balanced"),
    [({}, 1.0), ({"balanced": False}, 0.0), ({"ledgers": {"answered": SIZE - 1}}, 0.0)],
)
def test_a_receipt_counts_only_if_it_balances_and_all_were_answered(
    change: dict[str, object], balanced: float
) -> None:
    values = values_of_receipt(RECEIPT | change)
    assert values == {"requests_per_s": 500.0, "p50_ms": 40.0, "p99_ms": 90.0, "balanced": balanced}


def test_the_rate_goes_from_the_first_start_to_the_last_end() -> None:
    answers = [[n, None, 200, 500_000, 1_000 * (n + 1)] for n in range(SIZE)]
    assert values_of_answers(answers) == {"requests_per_s": 1_000.0, "p50_ms": 500.0, "p99_ms": 990.0}


@pytest.mark.parametrize("answers", [[], [[n, None, 200 if n else 500, 0, 1] for n in range(SIZE)]])
def test_anything_but_all_answers_is_an_error(answers: list[list[object]]) -> None:
    with pytest.raises(ConnectionError):
        values_of_answers(answers)


def test_the_rows_name_the_workers_as_their_size() -> None:
    assert rows_of(SITE, 3, {"p50_ms": 1.5}) == [Row("burst", SITE, WORKERS, 3, "p50_ms", 1.5, "ms")]
