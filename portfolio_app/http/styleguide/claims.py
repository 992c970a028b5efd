"""Sentences with their proof."""

import reflex as rx

from portfolio_app.http.kit.layout import stat_card, stat_strip
from portfolio_app.http.showcase.claim import claimed, verdict_mark
from portfolio_app.http.showcase.proof import proof_panel, proof_row
from portfolio_app.http.styleguide.specimen import Group, Specimen, specimen

_SENTENCE = "Each of these sentences names the tests that show it."
_TESTS = ("tests/unit/test_example.py::test_a_sentence_names_its_tests",)
_VERDICTS = {"verified": "verified", "failed": "failed", "not run": "not run", "not read yet": ""}


def group() -> Group:
    """Verified, failed, not run, not known yet."""
    return Group(
        "Claims",
        "The shape of the mark tells the verdict, not only its colour.",
        (
            *(specimen(state, verdict_mark, verdict) for state, verdict in _VERDICTS.items()),
            *(
                specimen(state, claimed, _SENTENCE, "example", verdict)
                for state, verdict in _VERDICTS.items()
            ),
            *(_row(state, verdict).within(rx.el.ul) for state, verdict in _VERDICTS.items()),
            specimen(
                "two claims",
                proof_panel,
                "At a glance",
                "2 claims",
                [_row("first", "verified").draw(), _row("second", "failed").draw()],
            ),
            *(_card(state, verdict) for state, verdict in _VERDICTS.items()),
            specimen(
                "four cards",
                stat_strip,
                *(_card(state, verdict).draw() for state, verdict in _VERDICTS.items()),
            ),
        ),
        small=frozenset({verdict_mark}),
        wide=frozenset({proof_panel, stat_strip}),
    )


def _row(state: str, verdict: str) -> Specimen:
    anchor = f"claim-{state.replace(' ', '-')}"
    return specimen(state, proof_row, anchor, _SENTENCE, _TESTS, verdict)


def _card(state: str, verdict: str) -> Specimen:
    return specimen(
        state, stat_card, "4 layers", "domain -> app -> infra -> http", "/proof", verdict_mark(verdict)
    )
