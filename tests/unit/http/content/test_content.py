"""What the showcase claims can be looked up: tests that exist, routes that answer, code that is there."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from portfolio_app.app.ports.proof import GateOutcome
from portfolio_app.http.asgi import route_names
from portfolio_app.http.showcase.claims import HIGHLIGHTS, Claim, Highlight, Verdict
from portfolio_app.http.showcase.patterns import PATTERNS
from portfolio_app.http.showcase.proof import CLAIMS
from portfolio_app.http.transport.routing import OTHER

ROOT = Path(__file__).parents[4]
ONE = Claim("one", "One is one.", ("tests/a.py::test_a", "tests/a.py::test_b"))


@cache
def _functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text())
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _unknown(claim: Claim) -> Iterator[str]:
    for test in claim.tests:
        file, function = test.split("::")
        if not (ROOT / file).is_file() or function not in _functions(file):
            yield test


def test_every_claim_names_tests_that_exist() -> None:
    assert [claim.id for claim in CLAIMS if not claim.tests] == []
    assert [test for claim in CLAIMS for test in _unknown(claim)] == []


def test_every_claim_has_an_address_of_its_own() -> None:
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS)
    assert len({claim.sentence for claim in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize("highlight", HIGHLIGHTS, ids=lambda highlight: highlight.title)
def test_every_slice_is_tied_to_routes_that_exist(highlight: Highlight) -> None:
    names = route_names()
    assert highlight.routes
    assert highlight.code
    assert [address for _, address in highlight.routes if names.of(address.partition("#")[0]) == OTHER] == []


def test_each_pattern_shows_other_code() -> None:
    assert len({pattern.quoted for pattern in PATTERNS}) == len(PATTERNS) == 6


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        (("passed", "passed"), Verdict.VERIFIED),
        (("passed", None), Verdict.NOT_RUN),
        ((None, None), Verdict.NOT_RUN),
        (("passed", "failed"), Verdict.FAILED),
        (("failed", None), Verdict.FAILED),
    ],
)
def test_only_a_claim_whose_tests_all_passed_is_verified(
    outcomes: tuple[str | None, ...], verdict: Verdict
) -> None:
    found = {test: GateOutcome(outcome) for test, outcome in zip(ONE.tests, outcomes, strict=True) if outcome}
    assert ONE.verdict(found) is verdict


def test_a_claim_without_a_test_is_never_verified() -> None:
    assert Claim("none", "Trust me.", ()).verdict({}) is Verdict.NOT_RUN
