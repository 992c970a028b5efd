"""What a page says of the last gate."""

from datetime import UTC, datetime

import pytest

from portfolio_app.app.ports.proof import Gate, GateOutcome
from portfolio_app.http.showcase.claims import Claim
from portfolio_app.http.showcase.proof import CLAIMS, NO_GATE, blobs, proof_view
from portfolio_app.http.transport.runtime import HttpOptions

pytestmark = pytest.mark.sections("stats")
PROVED, REFUTED, UNPROVED = (*CLAIMS, *(Claim(f"none-{n}", "", ()) for n in range(3)))[:3]
ENDED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def gate(commit: str) -> Gate:
    found = dict.fromkeys(PROVED.tests, GateOutcome.PASSED) | {REFUTED.tests[0]: GateOutcome.FAILED}
    return Gate(found, ENDED, commit)


def test_each_claim_is_judged_by_what_the_gate_found() -> None:
    found = proof_view(gate("abc1234"))
    verdicts = [found.verdicts[claim.id] for claim in (PROVED, REFUTED, UNPROVED)]
    assert verdicts == ["verified", "failed", "not run"]
    assert found.verified == list(found.verdicts.values()).count("verified")
    assert set(found.verdicts) == {claim.id for claim in CLAIMS}


def test_without_a_gate_nothing_is_verified() -> None:
    found = proof_view(None)
    assert set(found.verdicts.values()) == {"not run"}
    assert (found.verified, found.gate) == (0, NO_GATE)


@pytest.mark.parametrize(
    ("commit", "words"),
    [
        ("abc1234", " at commit abc1234."),
        ("abc1234-dirty", " at commit abc1234, with changes that were not committed."),
        ("", "."),
    ],
)
def test_the_gate_is_named_by_its_time_and_its_commit(commit: str, words: str) -> None:
    assert proof_view(gate(commit)).gate == f"The gate ended on 2026-01-02 03:04:05 UTC{words}"


@pytest.mark.parametrize(
    ("repository", "address"), [("", ""), ("https://example.org/me", "https://example.org/me/blob/abc1234")]
)
def test_files_are_linked_at_the_commit_that_runs(repository: str, address: str) -> None:
    assert blobs(HttpOptions(frozenset(), repository_url=repository, commit="abc1234")) == address
