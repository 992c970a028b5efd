"""So many lines for each reason and network, and each of them JSON."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from portfolio_app.app.caller import NETWORK
from portfolio_app.infra.logs import lines
from portfolio_app.infra.logs.formatter import JsonFormatter
from portfolio_app.infra.logs.lines import ALL_BURST, BURST, PER_S, Lines, left_out

log = logging.getLogger("portfolio_app.test_lines")


class Log:
    """A handler on a logger of its own, and what it wrote."""

    def __init__(self) -> None:
        self.now = 0.0
        self.stream = io.StringIO()
        self.handler = Lines(self.stream, lambda: self.now)
        self.handler.setFormatter(JsonFormatter())
        log.addHandler(self.handler)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def messages(self) -> list[str]:
        return [line["message"] for line in self.lines()]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    monkeypatch.setattr(lines, "SAID_AFTER_S", 3600)
    monkeypatch.setattr(log, "propagate", False)
    made = Log()
    yield made
    log.removeHandler(made.handler)
    made.handler.close()


def complain(times: int, network: str = "203.0.113.7") -> None:
    NETWORK.set(network)
    for number in range(times):
        log.warning("a browser reports: %s", f"words {number}")


def test_a_network_that_repeats_itself_is_cut_off_and_counted(written: Log) -> None:
    before = left_out[log.name]
    complain(BURST + 40)
    assert len(written.lines()) == BURST
    assert left_out[log.name] - before == 40

    written.handler.say_what_was_left_out()
    [summary] = written.lines()[BURST:]
    assert summary["message"] == "40 more lines like this were left out: a browser reports: %s"
    written.handler.say_what_was_left_out()
    assert len(written.lines()) == BURST + 1


def test_another_network_and_another_reason_are_still_heard(written: Log) -> None:
    complain(BURST * 2)
    log.warning("something else")
    complain(1, "198.51.100.1")
    assert written.messages()[BURST:] == ["something else", "a browser reports: words 0"]


def test_all_networks_together_have_a_bound_too(written: Log) -> None:
    for number in range(ALL_BURST // BURST + 5):
        complain(BURST, f"198.51.100.{number}")
    assert len(written.lines()) == ALL_BURST


def test_the_budget_comes_back_with_time(written: Log) -> None:
    complain(BURST + 1)
    written.now += 2
    complain(100)
    assert len(written.lines()) == BURST + 2 * PER_S


def test_what_is_left_out_is_said_by_itself_and_at_the_end(
    written: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "SAID_AFTER_S", 0)
    complain(BURST + 1)
    timer = written.handler._timer
    if timer is not None:
        timer.join(30)
    assert written.messages()[-1].startswith("1 more lines")
    monkeypatch.setattr(lines, "SAID_AFTER_S", 3600)
    complain(2)
    written.handler.close()
    assert written.messages()[-1].startswith("2 more lines")


def test_a_network_of_many_costs_little_memory(written: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "KEPT", 10)
    for number in range(100):
        complain(1, f"198.51.100.{number}")
    assert len(written.handler._of_network) <= 10


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("canary")


class Endless:
    def __str__(self) -> str:
        return f"{self}"


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("%d", ("no number",)),
        ("%s %s", ("one",)),
        ("%s", (Unspeakable(),)),
        ("%s", (Endless(),)),
    ],
)
def test_a_record_that_can_not_be_written_is_a_line_of_json_all_the_same(
    written: Log, capsys: pytest.CaptureFixture[str], text: str, args: tuple[object, ...]
) -> None:
    # Handed over by hand: pytest's own handler would fail the test at such a record.
    written.handler.handle(log.makeRecord(log.name, logging.ERROR, __file__, 1, text, args, None))
    [line] = written.lines()
    assert line["message"] == "a line could not be written"
    assert "test_lines.py:" in line["error"][0]
    assert "canary" not in json.dumps(line)
    assert capsys.readouterr() == ("", "")


def test_half_a_character_is_written(written: Log) -> None:
    # Straight to the handler: pytest keeps what is logged, and can't hand half a character from one process to another.
    written.handler.emit(logging.makeLogRecord({"name": log.name, "msg": "half: %s", "args": ("\ud800",)}))
    written.stream.getvalue().encode()
    assert written.messages() == ["half:  "]


SCRIPT = """
import gc, logging.config, sys, threading, warnings
from portfolio_app.infra.logs.configuration import configuration
from portfolio_app.infra.logs.lines import catch_all
logging.config.dictConfig(configuration("INFO"))
catch_all()
warnings.warn("mind the gap")
class Bad:
    def __del__(self):
        raise ValueError("canary")
Bad(); gc.collect()
thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join()
raise OSError("canary")
"""


def test_what_python_would_print_is_json_too() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120, check=False
    )
    said = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.stderr == ""
    assert "canary" not in ended.stdout
    kinds = [line.get("error", [line["message"]])[0] for line in said]
    assert [kind.split(" at ")[0].rpartition(": ")[0] or kind.split(" at ")[0] for kind in kinds[1:]] == [
        "ValueError",
        "ZeroDivisionError",
        "OSError",
    ]
    assert "mind the gap" in kinds[0]
