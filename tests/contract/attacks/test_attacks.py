"""Every attack, against the services as `bootstrap` wires them, on each database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from portfolio_app import bootstrap
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import RateLimited
from portfolio_app.app.ports.sandbox import RowCounts
from portfolio_app.app.services import Services
from portfolio_app.http.attacks.definitions import ATTACKS, Attack, Reaction
from portfolio_app.http.attacks.run import Report, alike, place_of, run
from portfolio_app.http.transport import runtime
from portfolio_app.settings import Settings
from tests.contract.conftest import DATABASES
from tests.fakes.samples import caller

BY_NAME = {attack.name: attack for attack in ATTACKS}
ROWS = {
    "forged-room": (0, 0, 0, 0),
    "same-id": (1, 0, 1, 1),
    "changed-copy": (1, 0, 1, 1),
    "sixth-message": (5, 0, 5, 1),
    "self-approval": (1, 1, 1, 1),
    "sql-text": (1, 0, 1, 1),
    "oversized-body": (0, 0, 0, 0),
    "stale-ticket": (0, 0, 0, 1),
}
"""Messages, queue entries, audit lines and sessions that each attack leaves until it is purged."""


@pytest.fixture(params=DATABASES)
async def services(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Services]:
    """The site's services, installed as a running site's are."""
    url = request.getfixturevalue(f"fresh_{request.param}").replace("+psycopg2", "")
    settings = Settings.from_env({"DATABASE_URL": url, "DATA_DIR": str(tmp_path)})
    async with bootstrap.build(settings) as built:
        runtime.install(built, bootstrap.http_options(settings))
        yield built
        runtime.uninstall()


async def attacked(name: str, by: Caller | None = None) -> Report:
    return await run(BY_NAME[name], by or caller("mallory"))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_an_attack_is_answered_as_its_definition_says(services: Services, attack: Attack) -> None:
    report = await run(attack, caller("mallory"))

    assert alike(report.answers) == list(attack.expected)
    assert report.survived
    assert report.before == RowCounts(0, 0, 0, 0, rooms=1)
    assert report.after == RowCounts(*ROWS[attack.name], rooms=1)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_nothing_of_an_attack_stays(services: Services, attack: Attack) -> None:
    report = await run(attack, caller("mallory"))

    again = await services.enter_sandbox(caller("ann"))
    assert report.removed >= sum(ROWS[attack.name]) + 1
    assert await services.count_rows(again) == RowCounts(0, 0, 0, 0, rooms=1)
    assert (await services.read_showcase(caller("mallory"))).waiting == 0


async def test_every_refusal_names_a_line_that_raises(services: Services) -> None:
    for attack in ATTACKS:
        report = await run(attack, caller(attack.name))
        for answer in report.answers:
            assert answer.place is not None
            if answer.outcome is Reaction.REFUSED:
                assert answer.place.text.startswith("raise"), answer
                assert answer.text


async def test_the_attackers_own_allowance_is_not_spent(services: Services) -> None:
    await attacked("sixth-message")

    left = (await services.read_showcase(caller("mallory"))).allowance
    assert left is not None
    assert left.remaining == left.limit


async def test_what_the_controls_counted_is_told(services: Services) -> None:
    await attacked("same-id")

    tally = (await services.read_showcase(caller("mallory"))).tally
    assert (tally.stored, tally.repeated, tally.limited) == (1, 4, 15)


async def test_attacks_are_limited_themselves(services: Services) -> None:
    for _ in range(20):
        await attacked("forged-room")

    with pytest.raises(RateLimited):
        await attacked("forged-room")


@pytest.mark.parametrize("outcome", [outcome for outcome in Reaction if outcome is not Reaction.REFUSED])
def test_the_code_behind_each_outcome_is_in_the_source(outcome: Reaction) -> None:
    assert place_of(outcome).line > 0
