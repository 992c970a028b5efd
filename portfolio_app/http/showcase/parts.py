"""Components of the showcase: sentences with their verdicts, slices, patterns, quoted code, proof."""

import re
from collections.abc import Sequence
from typing import Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.content.code_blocks import highlighted
from portfolio_app.http.content.source import Passage
from portfolio_app.http.kit.kinds import Child, Text
from portfolio_app.http.kit.layout import fold, folded, panel
from portfolio_app.http.kit.marks import icon, spoken, tag
from portfolio_app.words import parts, t

_WORDS: Final = {
    "verified": t("Verified by the last gate"),
    "failed": t("Its proof failed"),
    "not run": t("Its proof has not run for this commit"),
}
_UNREAD: Final = t("How it is proved")


def proof_of(claim_id: str) -> str:
    """The address at which the page of proofs shows this claim."""
    return f"/proof#{claim_id}"


def verdict_words(verdict: Text) -> rx.Var[str]:
    """`verdict` as a person says it; empty is not known yet."""
    return rx.match(verdict, *_WORDS.items(), _UNREAD)


def verdict_mark(verdict: Text) -> rx.Component:
    """A check only for what is verified; the shape tells, not only the colour. As wide whatever it says.

    Nothing is shown for what has not been tried: that would look as if it went on.
    """
    shape = rx.match(verdict, ("verified", icon("check")), ("failed", icon("alert")), rx.fragment())
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
        data_mark=verdict,
    )
    return rx.el.span(rx.el.span(sentence, data_claim=claim_id), " ", mark)


def highlight_card(
    title: str, claim: Child, routes: Sequence[tuple[str, str]], code: Sequence[tuple[str, Child]]
) -> rx.Component:
    """`routes` are label and address; `code` is symbol and place."""
    links = (rx.el.li(A.create(label, href=address)) for label, address in routes)
    places = (rx.el.li(rx.el.code(symbol), place, class_name="highlight-place") for symbol, place in code)
    return rx.el.li(
        rx.el.h3(title, class_name="highlight-title"),
        rx.el.p(claim),
        fold(
            t("Where it runs, and its code"),
            rx.el.div(
                rx.el.ul(*links, class_name="highlight-routes", aria_label=t("Where it runs")),
                rx.el.ul(*places, class_name="highlight-code", aria_label=t("Where to read it")),
                class_name="highlight-places",
            ),
        ),
        class_name="highlight",
        data_testid="highlight-card",
    )


def highlight_strip(*cards: rx.Component) -> rx.Component:
    """Side by side where there is room."""
    return rx.el.ul(*cards, class_name="highlights")


def chip_list(kind: str, chips: Sequence[str]) -> rx.Component:
    """`kind` names what the chips have in common."""
    return rx.el.div(
        rx.el.span(kind, class_name="chips-kind"),
        rx.el.ul(*(rx.el.li(tag(chip)) for chip in chips), class_name="chips-list"),
        class_name="chips",
    )


def pattern_row(title: str, *claims: Child, chips: rx.Component, code: rx.Component) -> rx.Component:
    """The words at the left, the code at the right; a phone has one under the other, behind the title."""
    words = rx.el.div(*map(rx.el.p, claims), chips, class_name="pattern-words")
    return rx.el.li(
        folded(
            rx.el.h3(title, class_name="pattern-title"),
            t("Why, and its code: {title}", title=title),
            rx.el.div(words, code, class_name="pattern-body"),
        ),
        class_name="pattern",
    )


def pattern_list(*rows: rx.Component) -> rx.Component:
    """One row a pattern."""
    return rx.el.ol(*rows)


def place(passage: Passage, repository: Text) -> rx.Component:
    """Path and line; a link where `repository`, the address of this commit's files, is not empty."""
    first, *folders = passage.path.split("/")
    # A long path breaks between folders.
    words = [first, *(part for folder in folders for part in ("/", rx.el.wbr(), folder)), f":{passage.line}"]
    address = f"{repository}/{passage.path}#L{passage.line}"
    return rx.cond(repository, A.create(*words, href=address), rx.el.span(*words))


def snippet(passage: Passage, repository: Text = "") -> rx.Component:
    """The passage, coloured when the page is built; its edge has the hue of the file's layer."""
    code = rx.el.code(
        custom_attrs={"dangerouslySetInnerHTML": {"__html": highlighted(passage.text, "python")}}
    )
    return rx.el.figure(
        rx.el.figcaption(
            *parts("Example: {place}", place=place(passage, repository)), class_name="snippet-place"
        ),
        # Focusable, so that long lines can be scrolled by keyboard.
        rx.el.pre(
            code,
            tab_index=0,
            role="group",
            aria_label=t("Source of {symbol}", symbol=passage.symbol),
            data_code="python",
        ),
        class_name="snippet",
        data_testid="snippet",
        data_path=passage.path,
        data_line=str(passage.line),
        data_layer=passage.layer or None,
    )


def _whole_arrows(sentence: str) -> list[Child]:
    """The sentence, in which no line ends between the two signs of an arrow."""
    return [
        rx.el.span(part, class_name="proof-arrow") if part == "->" else part
        for part in re.split("(->)", sentence)
    ]


def proof_row(claim_id: str, sentence: str, tests: Sequence[str], verdict: Text) -> rx.Component:
    """One claim; its address is its id."""
    return rx.el.li(
        verdict_mark(verdict),
        rx.el.p(*_whole_arrows(sentence), class_name="proof-claim"),
        rx.el.p(verdict_words(verdict), class_name="proof-verdict", data_verdict=verdict),
        rx.el.ul(*(rx.el.li(rx.el.code(test)) for test in tests), class_name="proof-tests"),
        class_name="proof",
        data_testid="proof-claim",
        data_verdict=verdict,
        # Not `id`: Reflex would make a ref of it.
        custom_attrs={"id": claim_id},
    )


def proof_panel(title: str, aside: Child, rows: Sequence[rx.Component]) -> rx.Component:
    """The claims of one section of the front page."""
    return panel(title, rx.el.ul(*rows), aside=aside, data_panel="proof")
