"""Dice, rolled by the server."""

import random

from portfolio_app.demo import Demo, Field, Page, Request, action, button, demo_panel


class Roll(Request):
    dice: int = Field(ge=1, le=6)


class Dice(Demo):
    total: int = 0

    @action("dice.roll")
    async def throw(self, asked: Roll) -> None:
        self.total = sum(random.randint(1, 6) for _ in range(asked.dice))


PANEL = demo_panel(Dice, button("Roll two", Dice.throw(2)), Dice.total)
PAGE = Page("/dice", "Dice", "Two dice, rolled by the server.", PANEL, nav=True)
