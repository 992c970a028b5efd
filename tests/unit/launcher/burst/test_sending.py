"""What the terminal's sender does with a site that behaves, and with one that does not."""

import asyncio
from typing import Any

import httpx
import pytest

from portfolio_app.domain.burst.ledger import Outcome
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.launcher.burst.answers import Refusal
from portfolio_app.launcher.burst.load import PATIENCE, Stop
from portfolio_app.launcher.burst.sender import Sent, hand_in, send
from portfolio_app.launcher.errors import LaunchError
from tests.unit.launcher.burst.fake_site import URL, FakeSite, error, id_of


async def sent_to(fake: FakeSite, *, size: int = 30, workers: int = 4, mode: str = "noop") -> Sent:
    plan, site = Plan.parse(size, workers, mode), fake.site()
    return await send(site, await site.start(plan), plan, asyncio.Event(), lambda _: None)


async def receipt_of(fake: FakeSite, **options: Any) -> Any:
    plan, site = Plan.parse(options.get("size", 30), 4, options.get("mode", "noop")), fake.site()
    run = await site.start(plan)
    return await hand_in(site, run, await send(site, run, plan, asyncio.Event(), lambda _: None))


@pytest.mark.parametrize(("mode", "method"), [("noop", "GET"), ("read", "GET"), ("write", "POST")])
async def test_a_run_of_each_mode_balances(fake: FakeSite, mode: str, method: str) -> None:
    receipt = await receipt_of(fake, mode=mode, size=1_200)

    assert receipt["balanced"], receipt["mismatches"]
    assert receipt["ledgers"]["pushed"] == 1_200
    assert receipt["ledgers"]["stored"] == (1_200 if mode == "write" else None)
    assert fake.asked.count((method, f"/api/burst/{mode}")) == 1_200
    assert fake.count("/answers") == 3


async def test_a_ticket_that_is_refused_ends_the_load(fake: FakeSite) -> None:
    fake.status_of = lambda n: 403 if n >= 5 else 200

    sent = await sent_to(fake, size=100, workers=2)

    assert sent.stopped is Stop.TICKET
    assert len(sent.answers) <= 7


async def test_a_dead_server_is_not_fired_at_for_ever(fake: FakeSite) -> None:
    fake.status_of = lambda n: 200 if n < 20 else 0

    sent = await sent_to(fake, size=1_000, workers=8)

    assert sent.stopped is Stop.SERVER
    assert 20 + PATIENCE <= len(sent.answers) <= 20 + PATIENCE + 8


async def test_a_server_that_comes_back_in_time_gets_the_rest(fake: FakeSite) -> None:
    fake.status_of = lambda n: 0 if n % PATIENCE else 200

    sent = await sent_to(fake, size=400, workers=1)

    assert (sent.stopped, len(sent.answers)) == (None, 400)


async def test_sending_ends_before_the_run_takes_no_more_requests(fake: FakeSite) -> None:
    fake.expires_in_s, fake.took_s = 10.1, 0.01

    sent = await sent_to(fake, size=500, workers=1)

    assert sent.stopped is Stop.TIME
    assert 0 < len(sent.answers) < 50
    assert sum(answer.outcome is Outcome.CANCELLED for answer in sent.answers) <= 1


async def test_an_error_of_the_senders_own_does_not_pass_for_a_short_run(fake: FakeSite) -> None:
    def answered(_: object) -> None:
        raise RuntimeError

    plan, site = Plan.parse(10, 2, "noop"), fake.site()
    run = await site.start(plan)
    with pytest.raises(ExceptionGroup):
        await send(site, run, plan, asyncio.Event(), answered)


async def test_hiccups_do_not_cost_a_run_its_receipt(fake: FakeSite) -> None:
    fake.hiccups = 3

    assert (await receipt_of(fake))["balanced"]


async def test_a_site_that_takes_no_report_is_given_up_in_its_own_words(fake: FakeSite) -> None:
    fake.hiccups = 100

    with pytest.raises(Refusal, match=r"A hiccup\."):
        await receipt_of(fake)
    assert fake.count("/answers") == 4


async def test_a_final_refusal_is_asked_once(fake: FakeSite) -> None:
    fake.on_request = lambda n: setattr(fake, "record", {"another": "sender finished it"})

    with pytest.raises(Refusal, match="The ticket is not good"):
        await receipt_of(fake)
    assert fake.count("/answers") == 1


async def test_a_receipt_lost_on_its_way_is_read_from_the_record(fake: FakeSite) -> None:
    fake.loses_receipt = True

    receipt = await receipt_of(fake)

    assert receipt == fake.record
    assert fake.count("/finish") == 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (error(429, "Too many streams.", **{"retry-after": "30"}), r"Too many streams\. Try again in 30 s"),
        (error(403, "Another origin."), "Another origin"),
        (httpx.Response(200, text="<html>"), "status 200; is this the site"),
    ],
)
async def test_nothing_is_sent_without_a_live_feed(
    fake: FakeSite, answer: httpx.Response, words: str
) -> None:
    fake.refused_stream = answer

    with pytest.raises(LaunchError, match=words):
        await sent_to(fake)
    assert fake.received == {}


async def test_a_feed_that_breaks_off_is_resumed_where_it_ended(fake: FakeSite) -> None:
    fake.breaks_stream_after = 7

    sent = await sent_to(fake)

    assert fake.resumed == [None, "7"]
    assert all(answer.pushed for answer in sent.answers)
    assert "broken" in sent.feed_trouble


async def test_a_push_that_never_comes_is_waited_for_and_then_reported(fake: FakeSite) -> None:
    fake.unpushed = {11}

    receipt = await receipt_of(fake)

    [mismatch] = receipt["mismatches"]
    assert (mismatch["request_id"], mismatch["missing"]) == (id_of(11), "pushed")


@pytest.mark.parametrize("body", ["<html>", "[]", '{"run": "x"}'])
async def test_a_start_answered_by_something_else_is_one_line(fake: FakeSite, body: str) -> None:
    fake.refused_start = httpx.Response(200, text=body)

    with pytest.raises(Refusal, match=f"{URL} answers, but not as the site does"):
        await sent_to(fake)
