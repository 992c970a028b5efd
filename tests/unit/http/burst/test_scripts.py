"""The burst's scripts, run by Node.js, against NumPy and the receipt that the server makes of the same answers."""

import json
import random
import subprocess
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import reflex as rx

from portfolio_app import words
from portfolio_app.app.burst.charts import points, timeline
from portfolio_app.domain.burst.ledger import Answer, Books, Cause
from portfolio_app.domain.burst.receipt import Receipt, receipt
from portfolio_app.http.build.browser_files import HTTP
from portfolio_app.http.burst.live import run_facts, run_status
from portfolio_app.http.burst.specimens import RECORDS
from portfolio_app.launcher.toolchain import BIN

SIZE = 400
HALF = SIZE // 2
ELAPSED_MS = 2_000.0
"""What the worker's clock says in the middle of the run."""
STATUSES = (200, 200, 200, 200, 200, 429, 503, 0)
DRIVER = Path(__file__).with_name("driver.mjs")


SHOWN: list[dict[str, Any]] = [
    {"phase": "collecting", "stopped": "time", "sent": SIZE, "size": SIZE},
    {"phase": "running", "busy": True, "mine": False, "size": 1_000, "workers": 1},
    {
        "phase": "done",
        "stopped": "cancelled",
        "sent": 412,
        "size": 1_000,
        "receipt": {"shown": {"elapsed": "1.25", "balanced": False}},
    },
]


RUN = rx.Var("run").to(dict[str, Any])
"""What a tab shows of a run."""


def said(*, mine: bool) -> str:
    """What a tab says of a run, as the JavaScript that Reflex makes of it."""
    return str(run_status(RUN, is_mine=rx.Var.create(mine)))


@dataclass(frozen=True)
class Burst:
    """Answers of every kind, and what both sides make of them."""

    answers: list[Answer]

    @classmethod
    def mixed(cls) -> "Burst":
        chance = random.Random(4)
        return cls(
            [
                Answer(
                    n,
                    f"{n:032x}" if status else None,
                    status,
                    3_000 + n * 10_000,
                    chance.randrange(800, 90_000),
                    pushed=False,
                    cause=Cause.NONE if status or n < HALF else Cause.CANCELLED,
                )
                for n, status in enumerate(chance.choice(STATUSES) for _ in range(SIZE))
            ]
        )

    @cached_property
    def receipt(self) -> Receipt:
        received = {answer.request_id: answer.n for answer in self.answers if answer.request_id}
        return receipt(Books(SIZE, SIZE, {answer.n: answer for answer in self.answers}, received))

    @cached_property
    def in_browser(self) -> Any:
        return self.run(HTTP)

    def run(self, scripts: Path) -> Any:
        """What the scripts of a folder make of the answers."""
        given = {
            "scripts": {f"$/public/js/{path.name}": path.as_uri() for path in scripts.rglob("*.js*")},
            "answers": [
                [
                    *(answer.n, answer.request_id, answer.status, answer.started_us, answer.duration_us),
                    *(answer.cause, answer.late_us, answer.length, None, None),
                ]
                for answer in self.answers
            ],
            "elapsed": ELAPSED_MS,
            "facts": [(fact.name, str(fact.value)) for fact in run_facts(RUN)],
            "sentences": [(said(mine=shown.pop("mine", True)), shown) for shown in map(dict, SHOWN)],
            "charts": [list(points(record)) for record in RECORDS.values()],
        }
        done = subprocess.run(
            [BIN / "node", DRIVER],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def quantiles(self, first: int) -> list[float]:
        """p50, p95 and p99 in ms of those that were answered, as NumPy has them."""
        times = [answer.duration_us for answer in self.answers[:first] if answer.status == 200]
        return [float(value) / 1000 for value in np.percentile(times, [50, 95, 99])]


@pytest.fixture(scope="module")
def burst() -> Burst:
    return Burst.mixed()


def percentiles(reading: Any) -> list[float]:
    return [reading[name] for name in ("p50", "p95", "p99")]


def test_percentiles_while_it_runs_are_numpys_of_what_was_answered(burst: Burst) -> None:
    assert percentiles(burst.in_browser["running"]["reading"]) == pytest.approx(burst.quantiles(HALF))


def test_the_last_figures_before_the_receipt_are_the_receipts(burst: Burst) -> None:
    shown, made = burst.in_browser["over"], burst.receipt
    assert made.latency is not None
    assert percentiles(shown) == pytest.approx(
        [value / 1000 for value in (made.latency.p50, made.latency.p95, made.latency.p99)]
    )
    assert shown["rate"] == pytest.approx(made.per_s)
    assert shown["elapsed_s"] == pytest.approx(made.elapsed_us / 1_000_000)
    assert shown["classes"] == Counter(
        {f"{status // 100}xx" if status else "none": count for status, count in made.statuses.items()}
    )
    for name in ("sent", "answered", "refused", "failed", "cancelled"):
        assert shown[name] == getattr(made.count, name)


def test_the_chart_counts_every_request_that_ended(burst: Burst) -> None:
    reading = burst.in_browser["running"]["reading"]
    points = reading["points"]
    width = points[1]["at_s"]
    assert sum(point["rate"] * width for point in points) == pytest.approx(HALF)


def test_the_readings_say_the_rate_the_time_left_and_classes_of_statuses(burst: Burst) -> None:
    running, idle = burst.in_browser["running"], burst.in_browser["idle"]
    seen = [answer.status for answer in burst.answers[:HALF]]
    rate = seen.count(200) / (ELAPSED_MS / 1000)
    assert running["facts"]["Rate"] == f"{rate:.0f}"
    assert running["progress"] == f"{HALF} of {SIZE} done, {rate:.0f} answered per second"
    # As many are left as have ended, so it takes as long again.
    assert running["facts"]["Time left"] == f"{ELAPSED_MS / 1000:.2f} s"
    classes = {"2xx": 200, "4xx": 429, "5xx": 503, "none": 0}
    assert running["facts"]["Status"] == " · ".join(
        f"{name} {seen.count(status)}" for name, status in classes.items()
    )
    assert (idle["Rate"], idle["Time left"], idle["Status"], idle["p50"]) == ("0", "–", "–", "–")


def test_a_run_whose_time_is_up_says_so_and_another_tab_says_whose_it_is(burst: Burst) -> None:
    assert burst.in_browser["said"] == [
        "Time is up: 400 of 400 sent. Waiting for the last pushes.",
        "In another of your tabs: Running 1,000 no-op requests with 1 worker.",
        "Cancelled after 412 of 1,000 in 1.25 s, but the ledgers do not balance. The receipt is below.",
    ]


def test_a_chart_drawn_in_the_browser_is_drawn_like_the_records(burst: Burst) -> None:
    assert burst.in_browser["charts"] == [timeline(points(record)) for record in RECORDS.values()]


def test_on_a_german_site_charts_and_figures_under_way_are_german(
    burst: Burst, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "profile.toml").write_text('lang = "de"\n', encoding="utf-8")
    monkeypatch.setenv("CONTENT_DIR", str(tmp_path))
    for script in HTTP.rglob("*.js*"):
        text = words.of_script(script.read_text(encoding="utf-8"))
        (tmp_path / script.name).write_text(text, encoding="utf-8")
    in_browser = burst.run(tmp_path)
    german = words.site_words()
    assert in_browser["charts"] == [timeline(points(record), (), german) for record in RECORDS.values()]
    assert in_browser["running"]["progress"].startswith(f"{HALF} von {SIZE} ")
    assert in_browser["running"]["facts"]["Restzeit"] == f"{ELAPSED_MS / 1000:.2f} s".replace(".", ",")
