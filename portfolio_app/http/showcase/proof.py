"""Claims, and what the gate says of each."""

from collections.abc import Sequence

import reflex as rx

from portfolio_app.http.kit.kinds import Child, Text
from portfolio_app.http.kit.panel import panel
from portfolio_app.http.showcase.claim import verdict_mark, verdict_words


def proof_row(claim_id: str, sentence: str, tests: Sequence[str], verdict: Text) -> rx.Component:
    """One claim; its address is its id."""
    return rx.el.li(
        verdict_mark(verdict),
        rx.el.p(sentence, class_name="proof-claim"),
        rx.el.p(verdict_words(verdict), class_name="proof-verdict", data_verdict=verdict),
        rx.el.ul(*(rx.el.li(rx.el.code(test)) for test in tests), class_name="proof-tests"),
        class_name="proof",
        data_testid="proof-claim",
        data_verdict=verdict,
        # Not `id`: Reflex would make a ref of it.
        custom_attrs={"id": claim_id},
    )


def proof_panel(title: str, aside: Child, rows: Sequence[rx.Component]) -> rx.Component:
    """The claims of one section of the front page."""
    return panel(title, rx.el.ul(*rows), aside=aside, data_panel="proof")
