"""What a shell learns from a burst: its exit code, and the words around it."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from portfolio_app.launcher.burst.site import Site
from portfolio_app.launcher.commands import main
from tests.unit.launcher.burst.fake_site import RUN, URL, FakeSite, error, id_of

Burst = Callable[..., int]


@pytest.fixture
def burst(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fake: FakeSite) -> Iterator[Burst]:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr("portfolio_app.launcher.commands.load_variables", lambda _: None)
    monkeypatch.setattr(Site, "at", lambda _: fake.site())
    before = signal.getsignal(signal.SIGTERM)
    yield lambda: main(["burst", "--size=200", "--workers=4"])
    signal.signal(signal.SIGTERM, before)


def press_ctrl_c(times: int = 1) -> None:
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)


def test_a_good_run_is_0(burst: Burst, capsys: pytest.CaptureFixture[str]) -> None:
    assert burst() == 0

    printed, asides = capsys.readouterr()
    assert "Balanced: 200 sent = 200 answered + 0 refused + 0 failed" in printed
    assert f"{URL}/runs/{RUN}\n" in printed
    assert (asides, "\x1b" in printed) == ("", False)


def test_refused_requests_are_an_answer_and_no_failure(burst: Burst, fake: FakeSite) -> None:
    fake.status_of = lambda n: 429 if n > 150 else 200

    assert burst() == 0


@pytest.mark.parametrize(("broken", "words"), [(0, "1 request failed"), (1, "199 requests failed")])
def test_failed_requests_are_1_though_the_ledgers_agree(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str], broken: int, words: str
) -> None:
    fake.status_of = lambda n: 500 if (n == 7) != bool(broken) else 200

    assert burst() == 1

    printed, asides = capsys.readouterr()
    assert "Balanced: " in printed
    assert asides == f"error: {words}\n"


def test_ledgers_that_disagree_are_1_and_the_id_is_printed_with_its_reason(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.unpushed = {11}

    assert burst() == 1

    printed, asides = capsys.readouterr()
    assert id_of(11) in printed.partition("Mismatches: 1")[2]
    assert "not pushed: it was answered, but the live feed never showed it" in printed
    assert asides == "error: the ledgers of this run do not agree\n"


def test_a_start_that_is_refused_is_2(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.refused_start = error(429, "Another run is under way.", **{"retry-after": "5"})

    assert burst() == 2
    assert capsys.readouterr().err == f"error: {URL} refused: Another run is under way. Try again in 5 s.\n"


def test_a_site_of_https_that_is_asked_over_http_is_2_with_what_to_do(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    started = {"run": RUN, "ticket": "t" * 43, "expires_in_s": 300}
    headers = {"set-cookie": "__Host-portfolio_session=x; Path=/; Secure; HttpOnly"}
    fake.refused_start = httpx.Response(201, json=started, headers=headers)

    assert burst() == 2
    assert capsys.readouterr().err == (
        f"error: {URL} is a site of https: its cookie is not sent over http, so give the address that visitors use"
        " (PUBLIC_URL) as --url\n"
    )
    assert fake.asked == [("POST", "/api/burst/runs")]


EVIL = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\r\n\x9b31m"
SHOWN = "\\x1b]0;owned\\x07\\x1b[2J\\u202egnp.exe\\r\\n\\x9b31m"


def obeyed(text: str) -> set[str]:
    return {sign for sign in text if not sign.isprintable()} - {"\n"}


def test_what_a_site_says_is_shown_and_not_obeyed(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.refused_start = error(429, f"Go away {EVIL}" + "x" * 10_000)
    assert burst() == 2
    asides = capsys.readouterr().err
    assert (obeyed(asides), SHOWN in asides) == (set(), True)
    assert len(asides) < 700

    fake.refused_start = None
    fake.refused_stream = error(429, EVIL)
    assert burst() == 2
    asides = capsys.readouterr().err
    assert (obeyed(asides), SHOWN in asides) == (set(), True)


def test_nothing_in_a_receipt_is_obeyed(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = fake.joined

    def evil(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: evil(each) for name, each in value.items()}
        if isinstance(value, list):
            return [evil(each) for each in value]
        return f"{value}{EVIL}" if isinstance(value, str) and value not in _MEANT else value

    fake.unpushed = {11}
    monkeypatch.setattr(fake, "joined", lambda sent, cancelled: evil(joined(sent, cancelled)))
    assert burst() == 1
    printed, asides = capsys.readouterr()
    assert obeyed(printed) | obeyed(asides) == set()
    assert SHOWN in printed


_MEANT = {"noop", "http", "app", "2026-01-02T03:04:05.000+00:00", "pushed"}
"""What the paper is made by, not of."""


@pytest.mark.parametrize("run", ["../../x", "a\r\nb", "", 7, None])
def test_a_run_with_no_proper_name_is_none(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str], run: object
) -> None:
    fake.refused_start = httpx.Response(201, json={"run": run, "ticket": "t" * 43, "expires_in_s": 300})
    assert burst() == 2
    assert capsys.readouterr().err == f"error: {URL} answers, but not as the site does\n"


def test_a_live_feed_that_is_refused_is_2_and_the_run_is_given_up(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.refused_stream = error(429, "Too many streams are open.")

    assert burst() == 2
    assert fake.abandoned
    assert "nothing was sent" in capsys.readouterr().err


def test_a_site_that_is_not_there_is_2(
    monkeypatch: pytest.MonkeyPatch, burst: Burst, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens")

    monkeypatch.setattr(Site, "at", lambda _: Site(URL, transport=httpx.MockTransport(gone)))

    assert burst() == 2
    assert capsys.readouterr().err == f"error: {URL} does not answer: nobody listens\n"


def test_a_server_that_goes_away_half_way_is_1_and_what_was_measured_is_printed(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.status_of = lambda n: 200 if n < 50 else 0
    fake.hiccups = 100

    assert burst() == 1

    printed, asides = capsys.readouterr()
    assert "There is no receipt of this run" in printed
    assert "The server stopped answering after" in printed
    assert "= 50 answered + 0 refused + " in " ".join(printed.split())
    assert "A hiccup." in asides
    assert "the server stopped answering after" in asides
    assert fake.abandoned


def test_one_ctrl_c_ends_the_load_and_its_receipt_is_0(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.took_s, fake.on_request = 0.002, lambda n: press_ctrl_c() if n == 20 else None

    assert burst() == 0

    printed, asides = capsys.readouterr()
    assert fake.record["cancelled"]
    assert len(fake.received) < 30
    assert ", cancelled" in printed
    assert "Cancelled after" in printed
    assert "Balanced: " in printed
    assert "+ 0 failed + " in " ".join(printed.split()), "what was under way was cancelled"
    assert "Ctrl-C again" in asides


def test_ctrl_c_does_not_excuse_what_failed_before_it(burst: Burst, fake: FakeSite) -> None:
    fake.status_of = lambda n: 500 if n == 3 else 200
    fake.took_s, fake.on_request = 0.002, lambda n: press_ctrl_c() if n == 20 else None

    assert burst() == 1


def test_a_second_ctrl_c_gives_the_run_up_and_is_130(
    burst: Burst, fake: FakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.took_s, fake.on_request = 0.002, lambda n: press_ctrl_c(2) if n == 20 else None
    fake.unpushed = set(range(200))

    code = burst()

    assert fake.record is None
    assert (code, fake.abandoned) == (130, True)
    assert "given up" in capsys.readouterr().err


def test_help_tells_the_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["burst", "--help"])

    printed = capsys.readouterr().out.partition("exit codes:")[2]
    assert [line.split()[0] for line in printed.strip().splitlines()] == ["0", "1", "2", "130"]
