"""The attacks of the front page over the wire: the same definitions, as a hostile browser would send them."""

import json
from typing import Any

import httpx
import pytest

from portfolio_app.http.attacks.definitions import ATTACKS, ApproveOwn, Attack, Post, Reaction, Redeem
from tests.site import Site
from tests.socket.client import Tab
from tests.socket.test_moderation import rows
from tests.socket.visitor import Visitor, ticket_for

pytestmark = pytest.mark.server

SENT_BACK = "/sign-in?error=expired"


async def sent(tab: Tab, attempt: Post) -> dict[str, Any]:
    """Post as the page does, whatever the definition says; the room is in the address."""
    tab.state[tab.find("chat_state")]["outcome"] = None
    payload = {"client_id": attempt.client_id, "body": attempt.body}
    await tab.call(f"{tab.find('chat_state')}.send", payload, path=f"/chat/{attempt.room or 'lobby'}")
    await tab.until(lambda: tab.value("chat_state", "outcome"))
    return dict(tab.value("chat_state", "outcome"))


async def approved(tab: Tab) -> str:
    """Approve what this tab's own visitor has waiting; returns the error."""
    [held] = [row["id"] for row in rows(tab).values() if row.get("status") == "pending"]
    tab.state[tab.find("moderation_state")]["notice"] = None
    await tab.call(f"{tab.find('moderation_state')}.approve", {"message_id": held}, path="/moderation")
    await tab.until(lambda: tab.value("moderation_state", "notice") is not None)
    return str(tab.value("moderation_state", "notice"))


async def run(tab: Tab, name: object) -> dict[str, Any] | None:
    """Press a button of the front page; returns the report."""
    before = tab.value("attack_state", "reports") or {}
    state = tab.state[tab.find("attack_state")]
    state["running"], state["problems"] = "asked", before and state["problems"]
    await tab.call(f"{tab.find('attack_state')}.run", {"name": name})
    await tab.until(lambda: tab.value("attack_state", "running") == "")
    return (tab.value("attack_state", "reports") or {}).get(name)


def by_messages(attack: Attack) -> bool:
    return not any(isinstance(attempt, Redeem) for attempt in attack.tries)


@pytest.mark.parametrize(
    "attack", [attack for attack in ATTACKS if by_messages(attack)], ids=lambda attack: attack.name
)
async def test_an_attack_from_outside_is_answered_as_its_definition_says(
    visitor: Visitor, attack: Attack
) -> None:
    expected = [one for group in attack.expected for one in [group] * group.times]
    async with visitor.tab() as tab:
        await tab.boot("/chat")
        for attempt, answer in zip(attack.tries, expected, strict=True):
            if isinstance(attempt, ApproveOwn):
                await tab.until(lambda: any(row.get("status") == "pending" for row in rows(tab).values()))
                error = await approved(tab)
            else:
                assert isinstance(attempt, Post)
                error = (await sent(tab, attempt))["error"]
            assert bool(error) == (answer.outcome is Reaction.REFUSED), (attempt, error)


async def test_a_stale_ticket_from_outside_leads_back_to_the_form(visitor: Visitor, other: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        ticket = await ticket_for(tab, "identity_state", "sign_out", {})
    stale = visitor.cookie
    answers = [await visitor.exchange(ticket)]
    visitor.cookie = stale
    answers += [await visitor.exchange(ticket), await other.exchange(ticket)]

    assert [answer.headers["location"] for answer in answers] == ["/", SENT_BACK, SENT_BACK]


async def test_each_button_shows_the_refusal_and_where_it_was_made(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        for attack in ATTACKS:
            report = await run(tab, attack.name)
            assert report is not None
            assert report["verdict"] == attack.survives
            shown = [(answer["where"].rpartition(":")[0], answer["times"]) for answer in report["answers"]]
            assert shown == [(f"portfolio_app/{one.file}", one.times) for one in attack.expected]


async def test_a_button_spends_nothing_of_the_visitors_own_allowance(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot("/chat")
        await run(tab, "sixth-message")
        for number in range(5):
            assert (await sent(tab, Post(f"mine-{number}-{id(tab)}", f"mine {number}")))["error"] == ""


async def test_nobody_else_sees_anything_of_an_attack(visitor: Visitor, other: Visitor) -> None:
    async with visitor.tab() as tab, other.tab() as neighbour:
        await neighbour.boot("/chat")
        await tab.boot()
        seen = len(neighbour.frames)
        for attack in ATTACKS:
            await run(tab, attack.name)
        last = Post(f"after-{id(tab)}", "after every attack")
        assert (await sent(tab, last))["error"] == ""
        await neighbour.until(lambda: any(last.body in frame for frame in neighbour.frames[seen:]))
        [only] = [frame for frame in neighbour.frames[seen:] if "arrivals" in frame]
        assert only.count('"body"') == 1
        assert "sandbox-" not in json.dumps(neighbour.frames)


async def test_what_is_no_attack_runs_none(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        reports = tab.value("attack_state", "reports")
        for name in ("nothing", "", "x" * 1_000, None, 7, ["same-id"], {"name": "same-id"}):
            await tab.call(f"{tab.find('attack_state')}.run", {"name": name})
        await tab.settle()
        assert tab.value("attack_state", "reports") == reports
        assert tab.close_code is None


async def test_buttons_are_limited_themselves(visitor: Visitor) -> None:
    async with visitor.tab() as tab:
        await tab.boot()
        for _ in range(21):
            await run(tab, "oversized-body")
        assert "Try again in" in tab.value("attack_state", "problems")["oversized-body"]


async def test_an_oversized_http_body_does_not_get_in(site: Site, visitor: Visitor) -> None:
    answer = await visitor.post("/session/exchange", {"ticket": "x" * 70_000, "next": "/"})
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
