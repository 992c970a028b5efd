"""Specimens of how the front page tells what it is made of: claims with their proof, facts, quoted code."""

import reflex as rx

from portfolio_app.http.content.source import Passage, Quoted, passage
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.layout import Fact, fact_list, stat_card, stat_strip
from portfolio_app.http.kit.marks import LAYERS
from portfolio_app.http.kit.specimen import (
    NOON_MS,
    REQUEST,
    Group,
    Specimen,
    absent,
    given,
    listed,
    nothing,
    post_trace,
    specimen,
    var,
)
from portfolio_app.http.log import LogRowView
from portfolio_app.http.showcase.capability import (
    capability,
    capability_action,
    crossing_strip,
    emitted_list,
    handoff_list,
    problem_note,
)
from portfolio_app.http.showcase.handoff import KEPT, NOT_KEPT, FieldView, HandoffView
from portfolio_app.http.showcase.parts import (
    chip_list,
    claimed,
    highlight_card,
    highlight_strip,
    pattern_list,
    pattern_row,
    place,
    proof_panel,
    proof_row,
    snippet,
    verdict_mark,
)
from portfolio_app.http.showcase.state import crossing_view

_REPOSITORY = "https://example.org/source"
_KINDS = ("DTO", "Command", "Domain", "SQL row")


def _group() -> Group:
    """Capabilities, slices, patterns and quoted code."""
    return Group(
        "Showcase",
        "Words at the left, what bears them out at the right.",
        (*_capabilities(), *_facts(), *_crossings(), *_highlights(), *_code()),
        wide=frozenset(
            {capability, handoff_list, crossing_strip, highlight_strip, pattern_row, pattern_list}
        ),
    )


def _capabilities() -> tuple[Specimen, ...]:
    built = ("Built with", ("starlette", "sqlmodel"))
    action = button("Read again", icon_name="retry", on_click=nothing)
    return (
        specimen(
            "facts",
            capability,
            "What this tab is about.",
            "One sentence about it.",
            built,
            fact_list(_readings()),
        ),
        specimen("a button", capability_action, action),
        specimen("why there is nothing", problem_note, "The service is busy. Try again in a moment."),
        specimen("no problem", problem_note, ""),
    )


def _readings() -> list[Fact]:
    return [
        Fact("You are", var("guest k7f2")),
        Fact("Posts you have left", var("4 of 5 in 10 s")),
        Fact("Last post", var(5.8), "ms"),
        Fact("Not known yet", var("")),
    ]


def _facts() -> tuple[Specimen, ...]:
    fields = (FieldView("room", "lobby"), FieldView("body", "'Does a message survive a killed worker?'"))
    hops = [
        HandoffView(kind, "ExampleMessage", layer, f"portfolio_app/{layer}/example.py:12", fields)
        for kind, layer in zip(_KINDS, ("http", "app", "domain", "infra"), strict=True)
    ]
    emitted = [
        LogRowView(
            seq, round(NOON_MS) + seq, "1.20", f"demo.{layer}", layer, "chat.send", REQUEST, (), "info"
        )
        for seq, layer in enumerate(LAYERS, start=1)
    ]
    action = button("Open its waterfall", on_click=nothing)
    return (
        specimen("empty", handoff_list, listed(()), ""),
        specimen("full", handoff_list, listed(hops), KEPT.format(id=REQUEST)),
        specimen("read back", handoff_list, listed(hops[2:]), NOT_KEPT),
        specimen("empty", emitted_list, listed(()), "", action),
        specimen(
            "full", emitted_list, listed(emitted), f"Your session's last post, in request {REQUEST}.", action
        ),
        specimen("known and unknown", fact_list, _readings()),
    )


def _crossings() -> tuple[Specimen, ...]:
    return (
        specimen("no post yet", crossing_strip, absent(), on_trace=nothing, label="Crossing: none"),
        specimen(
            "a post",
            crossing_strip,
            given(crossing_view(post_trace())),
            on_trace=nothing,
            label="Crossing: one",
        ),
    )


def _highlights() -> tuple[Specimen, ...]:
    quoted = passage(Quoted.TARGET)
    card = specimen(
        "one",
        highlight_card,
        "Observability",
        "One stream of spans, four views of it.",
        [("The live log", "/#live")],
        [(quoted.symbol, place(quoted, ""))],
    )
    return (
        card.within(highlight_strip),
        specimen("three", highlight_strip, *(card.draw() for _ in range(3))),
    )


def _code() -> tuple[Specimen, ...]:
    quoted = passage(Quoted.MESSAGE_STATUS)
    layers = (
        Passage(f"portfolio_app/{layer}/example.py", 1, f"in_{layer}", f"def in_{layer}() -> str: ...")
        for layer in LAYERS
    )
    row = specimen(
        "one",
        pattern_row,
        "Typed invariants",
        "A state that must not be can't be made.",
        "So nobody has to check for it twice.",
        chips=chip_list("Types", ("MessageBody", "Revision")),
        code=snippet(quoted),
    )
    return (
        row.within(pattern_list),
        specimen("one", pattern_list, row.draw()),
        specimen("with a kind", chip_list, "Libraries", ("starlette", "sqlmodel", "cryptography")),
        specimen("no repository", place, quoted, ""),
        specimen("linked", place, quoted, _REPOSITORY),
        specimen("quoted from this checkout, linked", snippet, quoted, _REPOSITORY),
        *(specimen(f"of {found.layer}", snippet, found) for found in layers),
    )


_SENTENCE = "Each of these sentences names the tests that show it."
_TESTS = ("tests/unit/test_example.py::test_a_sentence_names_its_tests",)
_VERDICTS = {"verified": "verified", "failed": "failed", "not run": "not run", "not read yet": ""}


def _claims() -> Group:
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


def groups() -> tuple[Group, ...]:
    """The specimens that the style guide shows of this feature."""
    return (_claims(), _group())
