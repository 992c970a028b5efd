"""The button of a demo runs an action with the parameters that it was given, or is refused where it is drawn."""

import re
from collections.abc import Callable

import pytest
import reflex as rx

from portfolio_app.demo import Demo, Field, Request, action, button


class Lot(Request):
    count: int = Field(ge=1)
    colour: str = "red"


class Drawing(Demo):
    drawn: int = 0

    @action("drawing.throw")
    async def throw(self, dice: int = Field(ge=1, le=6)) -> None: ...

    @action("drawing.stop")
    async def stop(self) -> None: ...

    @action("drawing.lots")
    async def lots(self, lot: Lot) -> None: ...


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (lambda: Drawing.throw(1, 2, 3), "Drawing.throw takes dice, and is given 3"),
        (lambda: Drawing.stop(1), "Drawing.stop takes no parameters, and is given 1"),
        (lambda: Drawing.throw, "Drawing.throw of a button lacks dice"),
        (Drawing.throw, "Drawing.throw of a button lacks dice"),
        (lambda: [Drawing.stop, Drawing.lots(colour="red")], "Drawing.lots of a button lacks count"),
        (lambda: Drawing.throw("2"), "Drawing.throw refuses {'dice': '2'}: The dice is not valid."),
        (lambda: Drawing.throw(9), "Drawing.throw refuses {'dice': 9}: The dice is not valid."),
        (lambda: Drawing.lots(1, 2), "Drawing.lots refuses {'count': 1, 'colour': 2}: The colour is not"),
        (lambda: Drawing.throw(sides=2), "Event handler throw received extra argument sides"),
    ],
)
def test_what_the_action_would_refuse_a_visitor_is_refused_where_the_page_is_drawn(
    event: Callable[[], object], reason: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(reason)):
        button("Go", event())


@pytest.mark.parametrize(
    ("event", "sent"),
    [
        (lambda: Drawing.throw(2), {"dice": "2"}),
        (lambda: Drawing.throw(2.0), {"dice": "2.0"}),
        (lambda: Drawing.stop, {}),
        (lambda: Drawing.lots(1), {"count": "1"}),
        (lambda: [Drawing.lots(2, "blue")], {"count": "2", "colour": '"blue"'}),
    ],
)
def test_a_button_sends_what_it_was_given_and_nothing_of_the_pointer(
    event: Callable[[], object], sent: dict[str, str]
) -> None:
    chain = button("Go", event()).event_triggers["on_click"]
    assert isinstance(chain, rx.EventChain)
    (spec,) = chain.events
    assert isinstance(spec, rx.event.EventSpec)
    assert {str(name): str(value) for name, value in spec.args} == sent


def test_a_value_of_the_page_is_sent_as_it_is_then_and_other_events_may_be_more_than_is_taken() -> None:
    button("Go", Drawing.throw(Drawing.drawn))
    rx.el.input(on_change=Drawing.stop)
