"""Kudos: a counter of all visitors, kept in a table and pushed to every open tab."""

from sqlmodel import Field, SQLModel

from portfolio_app.demo import Demo, Page, action, button, demo_panel, shared, table


class KudosRow(SQLModel, table=True):
    __tablename__ = "kudos"

    id: int = Field(primary_key=True)
    given: int = 0


async def stored() -> tuple[int, int]:
    row = await table(KudosRow).get(1)
    return (row.given, row.given) if row else (0, 0)


GIVEN = shared("kudos", int, stored)


class Kudos(Demo):
    @action("kudos.read", live=False)
    async def read(self) -> None:
        await GIVEN.follow(self)

    @action("kudos.give", limit=(5, 10))
    async def give(self) -> None:
        row = await table(KudosRow).increase(1, given=1)
        await GIVEN.publish(row.given, revision=row.given)


PANEL = demo_panel(Kudos, button("Give kudos", Kudos.give), GIVEN.value)
PAGE = Page("/kudos", "Kudos", "A counter that all visitors share.", PANEL, on_load=Kudos.read, nav=True)
