"""Bursts over raw HTTP, from senders that a browser is not."""

import asyncio
import re
import subprocess
import sys

import httpx
import pytest

from tests.site import ROOT, Site
from tests.socket.burst import burst, fields, start
from tests.socket.terminal import follow
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server


def text_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["text"])


@pytest.mark.parametrize("mode", ["noop", "read", "write"])
async def test_a_run_balances_and_anybody_reads_its_record(site: Site, visitor: Visitor, mode: str) -> None:
    async with follow(site, visitor.jar) as terminal, burst(visitor, mode=mode) as sender:
        answers = await asyncio.gather(*map(sender.send, range(10)))
        ids = {answer.headers["x-request-id"] for answer in answers}
        await terminal.until(lambda: ids <= {row["request_id"] for row in terminal.rows.values()})
        assert [answer.json() for answer in answers] == [{"n": n} for n in range(10)]
        assert (await sender.report(map(fields, range(10), answers))).status_code == 204
        receipt = (await sender.finish(10)).json()

        assert receipt["balanced"], receipt["mismatches"]
        assert receipt["ledgers"]["received"] == 10
        assert receipt["ledgers"]["stored"] == (10 if mode == "write" else None)
        assert all(slow["trace"]["spans"] for slow in receipt["slowest"])
        assert (await sender.send(1)).status_code == 403

    async with httpx.AsyncClient(base_url=site.url) as anybody:
        record = await anybody.get(f"/api/runs/{sender.run}")
        page = await anybody.get(f"/api/runs/{sender.run}.html?download")
        recent = await anybody.get("/api/runs")
    assert record.json() == receipt
    assert sender.run in recent.text
    assert page.headers["content-disposition"] == f'attachment; filename="run-{sender.run}.html"'
    assert "<script" not in page.text


async def test_of_200_starts_at_once_one_runs_and_the_others_are_told_which(visitor: Visitor) -> None:
    answers = await asyncio.gather(*(start(visitor) for _ in range(200)))
    started = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert (len(started), len(refused)) == (1, 199)
    run, ticket = started[0].json()["run"], started[0].json()["ticket"]
    assert {answer.json()["run"] for answer in refused} == {run}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)

    end = f"/api/burst/runs/{run}/finish"
    headers = visitor.jar | {"x-burst-ticket": f"{run}.{ticket}"}
    body = {"sent": 0, "cancelled": True}
    assert (await visitor.http.post(end, json=body, headers=headers)).json()["balanced"]


async def test_an_address_has_two_runs_at_once(site: Site, visitor: Visitor, other: Visitor) -> None:
    async with Visitor(site) as third:
        for neighbour in (other, third):
            neighbour.http.headers.update(visitor.proxy)
        async with burst(visitor):
            async with burst(other):
                refused = await start(third)
            async with burst(third):
                pass
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert "your network" in text_of(refused)


async def test_another_session_can_neither_send_nor_report_nor_finish(
    visitor: Visitor, other: Visitor
) -> None:
    async with burst(visitor) as sender, burst(other) as foreign:
        stolen = {"cookie": str(other.cookie)}
        answers = [
            await sender.send(0, **stolen),
            await sender.post("answers", {"answers": []}, headers=stolen),
            await sender.post("finish", {"sent": 0, "cancelled": False}, headers=stolen),
            await sender.send(0, **{"x-burst-ticket": foreign.ticket}),
            await sender.post("finish", {"sent": 0, "cancelled": False}, headers=foreign.headers),
            await sender.send(0, **{"x-burst-ticket": sender.ticket[:-1]}),
            await sender.send(0, **{"x-burst-ticket": "x" * 5_000}),
        ]
        assert [answer.status_code for answer in answers] == [403] * len(answers)
        assert len({text_of(answer) for answer in answers}) == 1


async def test_a_run_given_up_is_gone_and_the_next_one_starts_at_once(visitor: Visitor) -> None:
    async with burst(visitor, mode="write") as left:
        await asyncio.gather(*map(left.send, range(5)))
        assert (await left.post("abandon", {})).status_code == 204
        for answer in (await left.send(6), await left.post("abandon", {}), await left.finish(6)):
            assert answer.status_code == 403
        assert (await visitor.http.get(f"/api/runs/{left.run}")).status_code == 404
        assert left.run not in (await visitor.http.get("/api/runs")).text
        async with burst(visitor) as again:
            assert (await left.post("abandon", {})).status_code == 403
            assert (await again.send(0)).status_code == 200


async def test_nobody_gives_up_a_run_that_is_not_theirs_or_is_finished(
    visitor: Visitor, other: Visitor
) -> None:
    async with burst(visitor) as sender, burst(other) as foreign:
        stolen = {"cookie": str(other.cookie)}
        forged = {"x-burst-ticket": f"{sender.run}.{'A' * 43}"}
        refused = [
            *[await sender.post("abandon", {}, headers=wrong) for wrong in (stolen, foreign.headers, forged)],
            await sender.post("abandon", {}, headers={"x-burst-ticket": "x" * 5_000}),
            await sender.post("abandon", {}, headers={"origin": "https://evil.example"}),
            await foreign.post("abandon", {}, headers=sender.headers),
        ]
        assert [answer.status_code for answer in refused] == [403] * len(refused)
        for body in ("", "[]", "null", '{"sent":0}', "[" * 10_000):
            assert (await sender.post("abandon", content=body.encode())).status_code == 422, body
        assert (await sender.post("abandon", content=b"x" * 70_000)).status_code == 413
        plain = f"/api/burst/runs/{sender.run}/abandon"
        assert (await visitor.http.get(plain, headers=visitor.jar | sender.headers)).status_code in (404, 405)
        answers = [await sender.send(n) for n in range(10)]
        await sender.report(map(fields, range(10), answers))
        receipt = (await sender.finish(10)).json()
        assert receipt["balanced"]
        assert (await sender.post("abandon", {})).status_code == 403
        assert (await visitor.http.get(f"/api/runs/{sender.run}")).json() == receipt


async def test_a_number_out_of_place_is_no_request(visitor: Visitor) -> None:
    async with burst(visitor) as sender:
        for wrong in ("10", "-1", "1e1", "0x1", "", "%C2%B2", "99999", "1&n=2", "1.0", "NaN"):
            assert (await sender.send(wrong)).status_code == 422, wrong
        assert (await sender.send(3, mode="write")).status_code == 422
        assert (await sender.send(3, method="PUT")).status_code in (404, 405)
        receipt = (await sender.finish(0)).json()
    assert receipt["ledgers"]["received"] == 0


async def test_a_repeat_is_refused_and_the_receipt_names_it(visitor: Visitor) -> None:
    async with burst(visitor, mode="write") as sender:
        answers = [await sender.send(n) for n in range(10)]
        again = await sender.send(4)
        assert (again.status_code, again.headers["retry-after"]) == (429, "1")
        await sender.report(map(fields, range(10), answers))
        receipt = (await sender.finish(10)).json()
    [mismatch] = receipt["mismatches"]
    assert mismatch["request_id"] == again.headers["x-request-id"]
    assert mismatch["missing"] == "answered"


async def test_a_run_cancelled_half_way_balances(visitor: Visitor) -> None:
    async with burst(visitor, size=100) as sender:
        answers = [await sender.send(n) for n in range(50)]
        gone = [[50, None, 0, 50_000, 10, 0]]
        await sender.report([*map(fields, range(50), answers), *gone])
        receipt = (await sender.finish(51, cancelled=True)).json()
    assert receipt["balanced"], receipt["mismatches"]
    assert receipt["cancelled"]
    assert receipt["ledgers"]["failed"] == 1


async def test_a_push_that_its_sender_missed_is_named(visitor: Visitor) -> None:
    async with burst(visitor) as sender:
        answers = [await sender.send(n) for n in range(10)]
        await sender.report(fields(n, answer, pushed=int(n != 6)) for n, answer in enumerate(answers))
        receipt = (await sender.finish(10)).json()
    [mismatch] = receipt["mismatches"]
    assert (mismatch["n"], mismatch["missing"]) == (6, "pushed")
    assert mismatch["request_id"] == answers[6].headers["x-request-id"]


async def test_another_sites_page_can_start_nothing(site: Site, visitor: Visitor) -> None:
    body = {"size": 10, "workers": 1, "mode": "noop"}
    for origin in ("https://evil.example", "null"):
        headers = visitor.jar | {"origin": origin}
        assert (await visitor.http.post("/api/burst/runs", json=body, headers=headers)).status_code == 403


async def test_the_rows_of_a_burst_reach_the_senders_log(site: Site, visitor: Visitor) -> None:
    async with follow(site, visitor.jar) as terminal, burst(visitor) as sender:
        ids = {(await sender.send(n)).headers["x-request-id"] for n in range(10)}
        await terminal.until(lambda: ids <= {row["request_id"] for row in terminal.rows.values()})
        paths = [row["pills"].get("path") for row in terminal.rows.values()]
    assert paths.count("/api/burst/noop") == 10


async def test_no_recorded_run_has_that_name(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url) as anybody:
        for name in ("0" * 16, "x", "..%2f..", "0" * 16 + ".html"):
            assert (await anybody.get(f"/api/runs/{name}")).status_code == 404


async def test_a_terminal_gets_the_same_receipt(site: Site) -> None:
    command = [sys.executable, "-m", "portfolio_app", "burst", "--url", site.url]
    options = ["--size", "60", "--workers", "4", "--mode", "write"]
    ran = await asyncio.to_thread(
        subprocess.run,
        [*command, *options],
        cwd=ROOT,
        env=dict(site.environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "Balanced: 60 sent = 60 answered" in ran.stdout
    [run] = re.findall(rf"{site.url}/runs/([0-9a-f]+)\n", ran.stdout)
    async with httpx.AsyncClient(base_url=site.url) as anybody:
        record = (await anybody.get(f"/api/runs/{run}")).json()
    assert record["ledgers"]["pushed"] == record["ledgers"]["stored"] == 60
    spread = ran.stdout.partition("How long requests took")[2].partition("Slowest")[0]
    counts = [int(line.split()[3]) for line in spread.splitlines() if " to " in line]
    assert counts == [bin_["count"] for bin_ in record["histogram"]]
    assert ran.stdout.count("COMMIT") == len(record["slowest"])
