"""Sentences of the showcase have their mark, and the mark tells no more than the gate found."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from portfolio_app.http.showcase.claims import Claim
from portfolio_app.http.showcase.proof import CLAIMS, ProofState, proof_view
from portfolio_app.infra.proof import ProofFile
from tests.browser.test_broken_frames import Tampered
from tests.browser.visitor import SOON_MS, Visitor
from tests.browser.words import words
from tests.site import ROOT, Site

pytestmark = pytest.mark.sections("stats")

Visit = Callable[..., Visitor]
NewContext = Callable[..., BrowserContext]
TORN = """() => [...document.querySelectorAll(".proof-claim")].filter((claim) => {
  const range = document.createRange();
  const text = document.createTreeWalker(claim, NodeFilter.SHOW_TEXT);
  while (text.nextNode()) {
    for (const { index } of text.currentNode.data.matchAll(/->/g)) {
      range.setStart(text.currentNode, index);
      range.setEnd(text.currentNode, index + 2);
      if (range.getClientRects().length > 1) return true;
    }
  }
}).map((claim) => claim.textContent)"""
"""The claims in which a line ends within an arrow."""
PROVED, REFUTED, UNPROVED = (*CLAIMS, *(Claim(f"none-{n}", "", ()) for n in range(3)))[:3]
VERDICTS = dict.fromkeys((claim.id for claim in CLAIMS), "not run") | {
    PROVED.id: "verified",
    REFUTED.id: "failed",
}
PUBLISHED = "https://example.org/me/site/blob/abc1234"


def _told(new_context: NewContext, path: str) -> Visitor:
    """A tab that was sent other verdicts than the gate's, whose record is nobody's to write but the gate's own."""
    tab = Tampered(new_context(), path)
    # The site has said what it knows; the next word is ours.
    first = tab.visitor.page.locator("main .verdict").first
    expect(first).to_have_attribute("data-verdict", re.compile("."), timeout=SOON_MS)
    tab.say(ProofState, verdicts=VERDICTS, verified=1, repository=PUBLISHED)
    return tab.visitor


def test_the_page_tells_what_the_last_gate_found_for_this_code(visit: Visit) -> None:
    found = proof_view(ProofFile(ROOT).read())
    page = visit("/proof").page
    summary = f"{found.verified} of {len(CLAIMS)} claims are verified."
    expect(page.get_by_test_id("proof-summary")).to_have_text(summary, timeout=SOON_MS)
    expect(page.get_by_test_id("proof-gate")).to_have_text(found.gate)
    for claim in CLAIMS:
        expect(page.locator(f"#{claim.id}")).to_have_attribute("data-verdict", found.verdicts[claim.id])


def test_each_claim_has_the_mark_of_its_verdict(new_context: NewContext) -> None:
    page = _told(new_context, "/proof").page
    for claim in (PROVED, REFUTED, UNPROVED):
        expect(page.locator(f"#{claim.id}")).to_have_attribute(
            "data-verdict", VERDICTS[claim.id], timeout=SOON_MS
        )
    expect(page.get_by_test_id("proof-summary")).to_have_text(f"1 of {len(CLAIMS)} claims are verified.")


def test_no_line_of_a_claim_ends_within_an_arrow(new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto("/proof")
    expect(page.locator(".proof-claim")).to_have_count(len(CLAIMS))
    for width in range(320, 480, 10):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(TORN) == [], width


def test_every_claim_on_the_front_page_leads_to_its_proof(new_context: NewContext) -> None:
    page = _told(new_context, "/").page
    card = page.get_by_test_id("stat-card").first
    expect(card.locator("[data-verdict=verified]")).to_have_count(1, timeout=SOON_MS)
    expect(page.locator("main [data-verdict=verified]")).to_have_count(1)
    targets = page.locator("main a[href^='/proof#']").evaluate_all(
        "links => links.map(link => link.getAttribute('href').split('#')[1])"
    )
    assert sorted(targets) == sorted(claim.id for claim in CLAIMS)
    card.click()
    expect(page).to_have_url(f"/proof#{PROVED.id}", timeout=SOON_MS)
    expect(page.locator(f"#{PROVED.id}")).to_be_in_viewport()


def test_quoted_code_links_to_its_line_in_the_commit_that_runs(new_context: NewContext) -> None:
    visitor = _told(new_context, "/")
    for quoted in visitor.at("snippet").all():
        path, line = quoted.get_attribute("data-path"), quoted.get_attribute("data-line")
        link = quoted.get_by_role("link", name=f"{path}:{line}")
        expect(link).to_have_attribute("href", f"{PUBLISHED}/{path}#L{line}", timeout=SOON_MS)


@pytest.mark.parametrize("path", ["/", "/proof"])
def test_without_scripts_every_claim_is_there_and_none_is_verified(site: Site, path: str) -> None:
    html = httpx.get(f"{site.url}{path}").text
    text = words(html)
    sentences = [part for claim in CLAIMS for part in claim.sentence.split(": ")]
    assert [sentence for sentence in sentences if sentence not in text] == []
    assert 'data-verdict="verified"' not in html
