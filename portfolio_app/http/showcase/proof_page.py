"""Every claim of the front page with its tests and what the last gate says."""

from typing import Final

import reflex as rx

from portfolio_app.http.kit.layout import column, page_heading
from portfolio_app.http.kit.page import Page
from portfolio_app.http.showcase.claims import Claim
from portfolio_app.http.showcase.page import verdict_of
from portfolio_app.http.showcase.proof import proof_panel, proof_row
from portfolio_app.http.showcase.proof_state import ProofState
from portfolio_app.http.showcase.register import CHAPTERS, CLAIMS, Chapter

_LEDE: Final = (
    "Each sentence of the front page that states a fact about this system names the tests that show it. "
    "The gate (make test) records how they ended; a claim is verified only if all of its tests passed on "
    "exactly the code that this process runs."
)


def _summary() -> rx.Component:
    known = rx.fragment(ProofState.verified, f" of {len(CLAIMS)} claims are verified.")
    return rx.el.p(
        rx.cond(ProofState.verified.is_none(), f"{len(CLAIMS)} claims.", known),
        class_name="proof-summary",
        role="status",
        data_testid="proof-summary",
    )


def _gate() -> rx.Component:
    return rx.el.p(ProofState.gate, class_name="proof-gate", data_testid="proof-gate")


def _row(claim: Claim) -> rx.Component:
    return proof_row(claim.id, claim.sentence, claim.tests, verdict_of(claim))


def _panel(chapter: Chapter) -> rx.Component:
    return proof_panel(
        chapter.title, f"{len(chapter.claims)} claims", [_row(claim) for claim in chapter.claims]
    )


def _build() -> rx.Component:
    return rx.fragment(
        page_heading("Claims and their proof", _LEDE), _summary(), _gate(), column(*map(_panel, CHAPTERS))
    )


PAGE = Page(
    route="/proof",
    title="Claims and their proof",
    description="Every factual sentence of the portfolio, the tests that prove it, and how the last gate ended.",
    build=_build,
    on_load=(ProofState.load,),
)
