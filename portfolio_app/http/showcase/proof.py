"""All claims of the site, in the order in which the page /proof lists them, and what the last gate says of each."""

from dataclasses import dataclass
from typing import Final

import reflex as rx

from portfolio_app.app.ports.proof import Gate
from portfolio_app.http.content.loader import content
from portfolio_app.http.showcase.claims import CAPABILITIES, HIGHLIGHTS, SLICES, STATS, Claim, Verdict
from portfolio_app.http.showcase.patterns import CONCRETE, PATTERNS
from portfolio_app.http.transport.action import action, ignore
from portfolio_app.http.transport.runtime import HttpOptions, options, services
from portfolio_app.words import moment, t


@dataclass(frozen=True, slots=True)
class Chapter:
    """The claims of one section of the front page."""

    title: str
    claims: tuple[Claim, ...]


_BY_SECTION: Final = {
    "stats": Chapter(t("At a glance"), STATS),
    "capabilities": Chapter(t("Capabilities"), CAPABILITIES),
    "highlights": Chapter(t("High-signal slices"), (SLICES, *(highlight.claim for highlight in HIGHLIGHTS))),
    "patterns": Chapter(
        t("Code patterns"),
        (CONCRETE, *(claim for pattern in PATTERNS for claim in (pattern.claim, pattern.why))),
    ),
}
CHAPTERS: Final = tuple(
    chapter for section, chapter in _BY_SECTION.items() if content().profile.shows(section)
)
"""A section that the front page does not show claims nothing."""
CLAIMS: Final = tuple(claim for chapter in CHAPTERS for claim in chapter.claims)


NO_GATE: Final = t("No gate is on record for the code that this process runs.")
_DIRTY: Final = "-dirty"


@dataclass(frozen=True, slots=True)
class ProofView:
    """Verdicts by claim, how many of them are `verified`, and which gate says so."""

    verdicts: dict[str, str]
    verified: int
    gate: str


def proof_view(gate: Gate | None) -> ProofView:
    """Every claim, judged; without a gate none is verified."""
    outcomes = gate.outcomes if gate else {}
    verdicts = {claim.id: claim.verdict(outcomes) for claim in CLAIMS}
    return ProofView(
        verdicts={claim_id: str(verdict) for claim_id, verdict in verdicts.items()},
        verified=sum(verdict is Verdict.VERIFIED for verdict in verdicts.values()),
        gate=_words(gate) if gate else NO_GATE,
    )


def blobs(site: HttpOptions) -> str:
    """The address of the running commit's published files; empty when they are not published."""
    return site.repository_url and f"{site.repository_url}/blob/{site.commit or 'HEAD'}"


def _words(gate: Gate) -> str:
    commit = gate.commit.removesuffix(_DIRTY)
    where = t(" at commit {commit}", commit=commit) if commit else ""
    changed = t(", with changes that were not committed") if gate.commit.endswith(_DIRTY) else ""
    return t(
        "The gate ended on {at}{where}{changed}.", at=moment(gate.ended_at), where=where, changed=changed
    )


class ProofState(rx.State):
    """The verdicts of the last gate, read at run time: pages are built without knowing any outcome."""

    verdicts: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    verified: rx.Field[int | None] = rx.field(None)
    gate: rx.Field[str] = rx.field("")
    repository: rx.Field[str] = rx.field("")

    @action("proof.read", live=False, refused=ignore)
    async def load(self) -> None:
        """Judge every claim; before this, none has a verdict."""
        found = proof_view(await services().proof.last_gate())
        self.repository = blobs(options())
        self.verdicts, self.verified, self.gate = found.verdicts, found.verified, found.gate
