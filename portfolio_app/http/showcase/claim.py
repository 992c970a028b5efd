"""A sentence with the mark that leads to its proof."""

from typing import Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit.hidden import spoken
from portfolio_app.http.kit.icon import icon
from portfolio_app.http.kit.kinds import Text

_WORDS: Final = {
    "verified": "Verified by the last gate",
    "failed": "Its proof failed",
    "not run": "Its proof has not run for this commit",
}
_UNREAD: Final = "How it is proved"


def proof_of(claim_id: str) -> str:
    """Where the page of proofs shows this claim."""
    return f"/proof#{claim_id}"


def verdict_words(verdict: Text) -> rx.Var[str]:
    """`verdict` as a person says it; empty is not known yet."""
    return rx.match(verdict, *_WORDS.items(), _UNREAD)


def verdict_mark(verdict: Text) -> rx.Component:
    """A check only for what is verified; the shape tells, not only the colour. As wide whatever it says."""
    shape = rx.match(verdict, ("verified", icon("check")), ("failed", icon("alert")), icon("clock"))
    return rx.el.span(shape, class_name="verdict", data_verdict=verdict)


def claimed(sentence: str, claim_id: str, verdict: Text) -> rx.Component:
    """The sentence of claim `claim_id`, and its verdict as a link."""
    # A link of the document, not of the router: the browser then goes to the claim itself.
    mark = A.create(
        verdict_mark(verdict),
        spoken(verdict_words(verdict)),
        href=proof_of(claim_id),
        title=verdict_words(verdict),
        class_name="claim-mark",
    )
    return rx.el.span(rx.el.span(sentence, data_claim=claim_id), " ", mark)
