"""Sections that say how the project is made, each sentence with its verdict, and the page that lists all of them."""

from typing import Any, Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.content.loader import content
from portfolio_app.http.content.source import passage
from portfolio_app.http.kit.layout import column, page_heading, section_heading, stat_card, stat_strip
from portfolio_app.http.kit.page import Page, Section
from portfolio_app.http.showcase.claims import HIGHLIGHTS, SLICES, STATS, Claim, Highlight
from portfolio_app.http.showcase.parts import (
    chip_list,
    claimed,
    highlight_card,
    highlight_strip,
    pattern_list,
    pattern_row,
    place,
    proof_of,
    proof_panel,
    proof_row,
    snippet,
    verdict_mark,
)
from portfolio_app.http.showcase.patterns import CONCRETE, PATTERNS, Pattern
from portfolio_app.http.showcase.proof import CHAPTERS, CLAIMS, NO_GATE, Chapter, ProofState
from portfolio_app.words import t


def verdict_of(claim: Claim) -> rx.Var[str]:
    """The verdict of the last gate; undefined until the page has read it."""
    verdicts: Any = ProofState.verdicts  # a type checker sees the plain dict
    return verdicts[claim.id].to(str)


def claim_line(claim: Claim) -> rx.Component:
    """A claim's sentence with its mark."""
    return claimed(claim.sentence, claim.id, verdict_of(claim))


def stats() -> rx.Component:
    """Four things that are true of the site, and how many claims the last gate proved, if one ran."""
    ran = (ProofState.gate != "") & (ProofState.gate != NO_GATE)
    count = t("{verified} of {n} claims proved on this commit", verified=ProofState.verified, n=len(CLAIMS))
    # A link of the document, as those of the claims are.
    line = rx.cond(ran, A.create(count, href="/proof", data_testid="claims-proved"))
    strip = stat_strip(*map(_stat, STATS), anchor="stats")
    return rx.fragment(strip, rx.el.p(line, class_name="claims-proved"))


def highlights() -> rx.Component:
    """Three slices, tied to routes and code."""
    return rx.el.section(
        section_heading(t("High-signal slices"), claim_line(SLICES)),
        highlight_strip(*map(_highlight, HIGHLIGHTS)),
        id="highlights",
        data_section="highlights",
    )


def patterns() -> rx.Component:
    """Six patterns beside their code."""
    return rx.el.section(
        section_heading(t("Code patterns"), claim_line(CONCRETE)),
        pattern_list(*map(_pattern, PATTERNS)),
        id="patterns",
        data_section="patterns",
    )


def _stat(claim: Claim) -> rx.Component:
    value, _, label = claim.sentence.partition(": ")
    return stat_card(value, label, proof_of(claim.id), verdict_mark(verdict_of(claim)))


def _highlight(slice_: Highlight) -> rx.Component:
    quoted = [passage(code) for code in slice_.code]
    return highlight_card(
        slice_.title,
        claim_line(slice_.claim),
        [(label, address) for label, address in slice_.routes if not content().profile.hides(address)],
        [(found.symbol, place(found, ProofState.repository)) for found in quoted],
    )


def _pattern(pattern: Pattern) -> rx.Component:
    return pattern_row(
        pattern.title,
        claim_line(pattern.claim),
        claim_line(pattern.why),
        chips=chip_list(pattern.kind, pattern.chips),
        code=snippet(passage(pattern.quoted), ProofState.repository),
    )


SECTIONS = (
    Section("stats", stats, (ProofState.load,)),
    Section("highlights", highlights, (ProofState.load,)),
    Section("patterns", patterns, (ProofState.load,)),
)


_LEDE: Final = t(
    "Each sentence of the front page that states a fact about this system names the tests that show it. "
    "The gate (make test) records how they ended; a claim is verified only if all of its tests passed on "
    "exactly the code that this process runs."
)


def _summary() -> rx.Component:
    known = t("{verified} of {n} claims are verified.", verified=ProofState.verified, n=len(CLAIMS))
    return rx.el.p(
        rx.cond(ProofState.verified.is_none(), t("{n} claims.", n=len(CLAIMS)), known),
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
        chapter.title, t("{n} claims", n=len(chapter.claims)), [_row(claim) for claim in chapter.claims]
    )


def _build() -> rx.Component:
    return rx.fragment(
        page_heading(t("Claims and their proof"), _LEDE), _summary(), _gate(), column(*map(_panel, CHAPTERS))
    )


PAGE = Page(
    route="/proof",
    title=t("Claims and their proof"),
    description=t(
        "Every factual sentence of the portfolio, the tests that prove it, and how the last gate ended."
    ),
    build=_build,
    on_load=(ProofState.load,),
)
