import random

from portfolio_app.demo import Demo, Field, Page, action, button, demo_panel


class Dice(Demo):
    total: int = 0

    @action("dice.roll")
    async def throw(self, dice: int = Field(ge=1, le=6)) -> None:
        self.total = sum(random.randint(1, 6) for _ in range(dice))


PANEL = demo_panel(Dice, button("Roll two", Dice.throw(2)), Dice.total)
PAGE = Page("/dice", "Dice", "Two dice, rolled by the server.", PANEL, nav=True)
