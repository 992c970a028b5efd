import asyncio
import json

import pytest

from portfolio_app.app.errors import NotReady
from portfolio_app.http.asgi import mount, wrap
from portfolio_app.http.transport import monitoring, runtime
from tests.unit.http.asgi import Answer, Inner, request
from tests.unit.http.site import FakeSite
from tests.waiting import until

APP = wrap(mount(Inner()))


async def ask(path: str) -> Answer:
    return await request(APP, path)


class Dependency:
    def __init__(self) -> None:
        self.asked = 0
        self.fails = False
        self.answers = asyncio.Event()
        self.answers.set()

    async def __call__(self) -> None:
        self.asked += 1
        await self.answers.wait()
        if self.fails:
            raise ConnectionError("postgresql://user:canary@host")


async def test_a_running_process_is_alive(site: FakeSite) -> None:
    answer = await ask("/api/live")
    assert (answer.status, json.loads(answer.text)) == (200, {"status": "live"})


async def test_a_site_with_working_dependencies_is_ready(site: FakeSite) -> None:
    site.install(checks={"database": Dependency()})
    answer = await ask("/api/ready")
    assert (answer.status, json.loads(answer.text)) == (
        200,
        {"status": "ready", "reasons": {}, "degraded": {}},
    )


async def test_a_site_without_its_database_says_so_and_nothing_secret(site: FakeSite) -> None:
    broken = Dependency()
    broken.fails = True
    site.install(checks={"database": broken, "redis": Dependency()})
    answer = await ask("/api/ready")
    assert answer.status == 503
    assert json.loads(answer.text)["reasons"] == {"database": "is not usable"}
    assert "canary" not in answer.text


async def test_a_site_without_redis_is_degraded_and_not_down(site: FakeSite) -> None:
    broken = Dependency()
    broken.fails = True
    site.install(checks={"database": Dependency(), "redis": broken})
    answer = await ask("/api/ready")
    assert answer.status == 200
    assert json.loads(answer.text) == {
        "status": "degraded",
        "reasons": {},
        "degraded": {"redis": "is not usable"},
    }


async def test_a_part_that_stopped_says_what_it_no_longer_does(site: FakeSite) -> None:
    async def stopped() -> None:
        raise NotReady("no longer writes")

    site.install(checks={"journal": stopped})
    answer = await ask("/api/ready")
    assert (answer.status, json.loads(answer.text)["reasons"]) == (503, {"journal": "no longer writes"})


async def test_a_dependency_that_hangs_does_not_hang_the_answer(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitoring, "ANSWER_WITHIN_S", 0.01)
    slow = Dependency()
    slow.answers.clear()
    site.install(checks={"database": slow})
    answer = await ask("/api/ready")
    assert json.loads(answer.text)["reasons"] == {"database": "does not answer in time"}


async def test_asking_often_asks_the_database_once(site: FakeSite) -> None:
    dependency = Dependency()
    dependency.answers.clear()
    site.install(checks={"database": dependency})
    asked = [asyncio.create_task(ask("/api/ready")) for _ in range(50)]
    await until(lambda: dependency.asked)
    dependency.answers.set()
    await asyncio.gather(*asked)
    await ask("/api/ready")
    assert dependency.asked == 1


async def test_the_answer_is_not_kept_for_long(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    dependency = Dependency()
    site.install(checks={"database": dependency})
    await ask("/api/ready")
    monkeypatch.setattr(monitoring, "READINESS_CACHED_S", 0)
    dependency.fails = True
    assert (await ask("/api/ready")).status == 503


async def test_a_site_that_is_stopping_is_alive_but_not_ready(site: FakeSite) -> None:
    runtime.drain()
    answer = await ask("/api/ready")
    assert (answer.status, json.loads(answer.text)["reasons"]) == (503, {"server": "is stopping"})
    assert (await ask("/api/live")).status == 200


async def test_an_unknown_endpoint_answers_in_json_with_the_request_id(site: FakeSite) -> None:
    answer = await ask("/api/nothing")
    assert answer.status == 404
    assert json.loads(answer.text)["error"]["request_id"] == answer.header("x-request-id")
