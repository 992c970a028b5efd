"""Sentences of the showcase have their mark, and the mark tells no more than the gate found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import expect

from portfolio_app.app.ports.proof import Outcome
from portfolio_app.http.showcase.claims import Verdict
from portfolio_app.http.showcase.register import CLAIMS
from portfolio_app.infra.proof import RECORD, ProofFile
from tests.browser.visitor import SOON_MS, Visitor
from tests.browser.words import words
from tests.site import ROOT, Site

Visit = Callable[..., Visitor]
PROVED, REFUTED, UNPROVED = CLAIMS[0], CLAIMS[1], CLAIMS[2]


@contextmanager
def _gate(outcomes: dict[str, Outcome]) -> Iterator[None]:
    """As if the gate had ended like this for the code that is here; afterwards its record is as it was."""
    record = ROOT / RECORD
    kept = record.read_bytes() if record.exists() else None
    record.unlink(missing_ok=True)
    try:
        ProofFile(ROOT).add(outcomes)
        yield
    finally:
        record.unlink(missing_ok=True)
        if kept is not None:
            record.write_bytes(kept)


def _verified(found: dict[str, Outcome]) -> int:
    return sum(claim.verdict(found) is Verdict.VERIFIED for claim in CLAIMS)


def test_only_what_the_gate_has_proved_is_marked_as_verified(visit: Visit) -> None:
    found = dict.fromkeys(PROVED.tests, Outcome.PASSED) | {REFUTED.tests[0]: Outcome.FAILED}
    with _gate(found):
        page = visit("/proof").page
        expect(page.get_by_test_id("proof-summary")).to_have_text(
            f"{_verified(found)} of {len(CLAIMS)} claims are verified.", timeout=SOON_MS
        )
    for claim, verdict in ((PROVED, "verified"), (REFUTED, "failed"), (UNPROVED, "not run")):
        expect(page.locator(f"#{claim.id}")).to_have_attribute("data-verdict", verdict)


def test_every_claim_on_the_front_page_leads_to_its_proof(visit: Visit) -> None:
    found = dict.fromkeys(PROVED.tests, Outcome.PASSED)
    with _gate(found):
        page = visit("/").page
        card = page.get_by_test_id("stat-card").first
        expect(card.locator("[data-verdict=verified]")).to_have_count(1, timeout=SOON_MS)
        expect(page.locator("main [data-verdict=verified]")).to_have_count(_verified(found))
    targets = page.locator("main a[href^='/proof#']").evaluate_all(
        "links => links.map(link => link.getAttribute('href').split('#')[1])"
    )
    assert sorted(targets) == sorted(claim.id for claim in CLAIMS)
    card.click()
    expect(page).to_have_url(f"/proof#{PROVED.id}", timeout=SOON_MS)
    expect(page.locator(f"#{PROVED.id}")).to_be_in_viewport()


@pytest.mark.parametrize("path", ["/", "/proof"])
def test_without_scripts_every_claim_is_there_and_none_is_verified(site: Site, path: str) -> None:
    html = httpx.get(f"{site.url}{path}").text
    text = words(html)
    sentences = [part for claim in CLAIMS for part in claim.sentence.split(": ")]
    assert [sentence for sentence in sentences if sentence not in text] == []
    assert 'data-verdict="verified"' not in html
