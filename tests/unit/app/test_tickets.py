"""Tickets: what swaps a cookie after signing in or out, once and soon."""

import pytest

from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.errors import SessionEnded, TicketRefused
from tests.fakes.samples import caller
from tests.unit.app.conftest import PASSWORD, Site


async def test_a_ticket_works_once(site: Site) -> None:
    ticket = await site.sign_out(caller())
    await site.redeem(caller(), ticket)

    with pytest.raises((TicketRefused, SessionEnded)):
        await site.redeem(caller(), ticket)

    assert len(site.store.sessions) == 2, "the new one, and the mark of the one before"


async def test_a_ticket_works_in_the_browser_it_was_made_for_only(site: Site) -> None:
    ticket = await site.register(caller(), RegisterCommand("ann@example.org", "ann-1", PASSWORD))

    with pytest.raises(TicketRefused):
        await site.redeem(caller("thief"), ticket)

    assert site.store.sessions == {}


async def test_a_ticket_works_for_half_a_minute(site: Site) -> None:
    ticket = await site.sign_out(caller())
    site.clock.advance(seconds=31)

    with pytest.raises(TicketRefused):
        await site.redeem(caller(), ticket)


@pytest.mark.parametrize(
    "sealed", ["", "a cookie's secret", "null", '["ticket"]', '["cookie", "a", 1, "b"]', "[[[[", "1e999"]
)
async def test_whatever_else_the_site_sealed_is_no_ticket(site: Site, sealed: str) -> None:
    with pytest.raises(TicketRefused):
        await site.redeem(caller(), site.sealer.seal(sealed))


async def test_a_forged_ticket_is_refused(site: Site) -> None:
    with pytest.raises(TicketRefused):
        await site.redeem(caller(), "forged")
