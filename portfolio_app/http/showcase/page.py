"""Sections of the front page that say how the project is made, each sentence with its verdict."""

from typing import Any

import reflex as rx

from portfolio_app.http.content.quotes import passage
from portfolio_app.http.kit.layout import section_heading, stat_card, stat_strip
from portfolio_app.http.kit.page import Section
from portfolio_app.http.showcase.claim import claimed, proof_of, verdict_mark
from portfolio_app.http.showcase.claims import Claim
from portfolio_app.http.showcase.highlight import highlight_card, highlight_strip
from portfolio_app.http.showcase.highlights import HIGHLIGHTS, SLICES, Highlight
from portfolio_app.http.showcase.pattern import chip_list, pattern_list, pattern_row
from portfolio_app.http.showcase.patterns import CONCRETE, PATTERNS, Pattern
from portfolio_app.http.showcase.proof_state import ProofState
from portfolio_app.http.showcase.snippet import place, snippet
from portfolio_app.http.showcase.stats import STATS


def verdict_of(claim: Claim) -> rx.Var[str]:
    """What the last gate says; undefined until the page has read it."""
    verdicts: Any = ProofState.verdicts  # a type checker sees the plain dict
    return verdicts[claim.id].to(str)


def claim_line(claim: Claim) -> rx.Component:
    """A claim's sentence with its mark."""
    return claimed(claim.sentence, claim.id, verdict_of(claim))


def stats() -> rx.Component:
    """The four cards under the hero."""
    return stat_strip(*map(_stat, STATS))


def highlights() -> rx.Component:
    """Three slices, tied to routes and code."""
    return rx.el.section(
        section_heading("High-signal slices", claim_line(SLICES)),
        highlight_strip(*map(_highlight, HIGHLIGHTS)),
        data_section="highlights",
    )


def patterns() -> rx.Component:
    """Six patterns beside their code."""
    return rx.el.section(
        section_heading("Code patterns", claim_line(CONCRETE)),
        pattern_list(*map(_pattern, PATTERNS)),
        data_section="patterns",
    )


def _stat(claim: Claim) -> rx.Component:
    value, label = claim.sentence.split(": ")
    return stat_card(value, label, proof_of(claim.id), verdict_mark(verdict_of(claim)))


def _highlight(slice_: Highlight) -> rx.Component:
    quoted = [passage(code) for code in slice_.code]
    return highlight_card(
        slice_.title,
        claim_line(slice_.claim),
        slice_.routes,
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
