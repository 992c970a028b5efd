"""The demo dice."""

from portfolio_app.demos.dice import Dice
from tests.unit.demos.conftest import DemoSite


async def test_as_many_dice_are_rolled_as_were_asked_for(demo_site: DemoSite) -> None:
    tab = demo_site.tab(Dice)
    for dice in (1, 2, 6):
        await tab.throw(dice)
        assert dice <= tab.total <= 6 * dice
        assert tab.problem == ""


async def test_nothing_else_is_rolled(demo_site: DemoSite) -> None:
    tab = demo_site.tab(Dice)
    for dice in (0, 7, "2", 2.0, None, [2]):
        await tab.throw(dice)
        assert (tab.total, tab.problem) == (0, "The dice is not valid.")
