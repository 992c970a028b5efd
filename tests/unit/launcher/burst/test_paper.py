"""A receipt in characters: all that the page shows, within 80 columns, and plain in a file."""

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from portfolio_app.app.burst.words import STOPS
from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.launcher.burst.ending import Ending
from portfolio_app.launcher.burst.load import Stop
from portfolio_app.launcher.burst.paper import print_ending
from portfolio_app.launcher.burst.sender import Sent
from tests.unit.launcher.burst.fake_site import RUN, URL, FakeSite, id_of

PLAN = Plan.parse(5_000, 64, "write")


def status_of(n: int) -> int:
    return {7: 500, 8: 429}.get(n, 200)


def answer(n: int) -> Answer:
    """A minute's worth of load: request 7 fails, 8 is refused."""
    return Answer(n, id_of(n), status_of(n), n * 11_990, 1_000 + n * 97, pushed=True)


def ending_of(*, unpushed: int = 0, **changed: Any) -> Ending:
    answers = [replace(answer(n), pushed=n >= unpushed) for n in range(5_000)]
    fake = FakeSite()
    fake.status_of = status_of
    fake.plan, fake.received = PLAN, {found.request_id or "": found.n for found in answers}
    fake.answers = {found.n: found for found in answers}
    record = fake.joined(len(answers), cancelled=False)
    return Ending(Sent(PLAN, tuple(answers), **changed), record)


def printed(ending: Ending, width: int = 80, *, terminal: bool = False) -> str:
    file = StringIO()
    print_ending(
        Console(
            file=file, width=width, force_terminal=terminal, color_system="standard" if terminal else None
        ),
        ending,
        URL,
    )
    return file.getvalue()


@pytest.fixture(scope="module")
def good() -> Ending:
    return ending_of()


def test_everything_that_the_page_shows_is_printed(good: Ending) -> None:
    record, text = good.receipt or {}, " ".join(printed(good).split())

    for shown in (
        f"Run {RUN}: Write, 5,000 requests, 64 workers",
        "2026-01-02 03:04:05 UTC, commit c0ffee1. A processor, 2 cores, Python 3.13.1, 1 server worker.",
        "sent 5,000 by browser or terminal: 4,998 answered, 1 refused, 1 failed",
        "received 5,000 by the edge",
        "stored 4,998 in the database",
        "pushed 5,000 by the live feed",
        "200 4,998 429 1 500 1",
        "First failure: request 7 answered with 500.",
        "All 5,000 sent in ",
        f"{record['rps']:,.1f} answered a second.",
        "Balanced: 5,000 sent = 4,998 answered + 1 refused + 1 failed",
        f"{URL}/runs/{RUN}",
        f"{URL}/api/runs/{RUN}?download",
        f"{URL}/api/runs/{RUN}.html?download",
    ):
        assert shown in text
    for slow in record["slowest"]:
        assert f"request {slow['n']}, 200, {slow['request_id']}" in text


def test_the_places_of_a_waterfall_are_to_scale(good: Ending) -> None:
    lines = printed(good).splitlines()
    [whole] = {line for line in lines if line.strip().startswith("GET /api/burst")}
    [part] = {line for line in lines if line.strip().startswith("ReadRow")}

    length = whole.count("█")
    assert part.count("█") == pytest.approx(length / 2, abs=1)
    assert part.index("█") - whole.index("█") == pytest.approx(length / 4, abs=1)
    assert part.split()[1] == "app"
    assert part.endswith("600 µs")


def test_a_curve_has_a_column_for_each_stretch_of_time(good: Ending) -> None:
    moments = (good.receipt or {})["timeline"]
    [curve] = [line for line in printed(good).splitlines() if line.startswith("  p50 ms")]
    heights = curve.split()[-1]

    assert len(heights) == len(moments) > 20
    assert (heights[0], heights[-1]) == ("▁", "█")


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(good: Ending, width: int) -> None:
    bad = ending_of(unpushed=40, feed_trouble="it broke off, " + "x y " * 40)
    (bad.receipt or {})["mismatches"][3]["why"] = "a reason " * 20
    lines = [line for ending in (good, bad) for line in printed(ending, width).splitlines()]

    assert max(map(len, lines)) <= width
    assert [line for line in lines if line != line.rstrip()] == []


def test_colour_is_for_terminals_only(good: Ending) -> None:
    assert "\x1b[" in printed(good, terminal=True)
    assert "\x1b" not in printed(good)


def test_of_many_mismatches_the_first_are_printed_and_all_are_counted() -> None:
    text = printed(ending_of(unpushed=1_500, feed_trouble="it ended, reader too slow"))

    # Request 7 failed, so its push is not missed.
    assert "Mismatches: 1,499\n" in text
    assert "These are the first 1,000 by number.\n" in text
    listed = text.partition("Mismatches")[2]
    assert listed.count("  request ") == 1_000
    assert f"request 0     {id_of(0)}\n" in listed
    assert "not pushed: it was answered, but the live feed never showed it to its sender\n" in listed
    assert "The live feed had trouble: it ended, reader too slow.\n" in listed
    assert "Not balanced: 1,499 of the entries" in listed


def test_a_feed_that_missed_nothing_had_no_trouble_worth_telling() -> None:
    assert "trouble" not in printed(ending_of(feed_trouble="it broke off"))


def test_each_reason_to_stop_is_said() -> None:
    for stop in Stop:
        said = f"{stop[0].upper()}{stop[1:]} after 5,000 of 5,000 in "
        assert said in printed(ending_of(stopped=stop)), stop


@pytest.mark.parametrize(
    "words",
    [
        "Cancelled",
        "The run's ticket has ended",
        "The server stopped answering",
    ],
)
def test_the_sentences_are_those_of_the_page(good: Ending, words: str) -> None:
    texts = (printed(ending_of(unpushed=1)), *(printed(ending_of(stopped=stop)) for stop in Stop))

    assert words in STOPS.values()
    assert any(words in " ".join(text.split()) for text in texts)


def test_a_run_without_any_answer_is_printed_too() -> None:
    sent = Sent(PLAN, (), Stop.CANCELLED)
    fake = FakeSite()
    fake.plan = PLAN

    text = printed(Ending(sent, fake.joined(0, cancelled=True)))
    assert "Cancelled after 0 of 5,000" in text
    assert "Cancelled after 0 of 5,000" in printed(Ending(sent, None, "nobody answers"))
