"""How the front page tells what it is made of."""

from portfolio_app.http.content.quotes import Quoted, passage
from portfolio_app.http.content.source import Passage
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.fact import Fact, fact_list
from portfolio_app.http.kit.layer import LAYERS
from portfolio_app.http.log.views import LogRowView
from portfolio_app.http.showcase.capability import (
    capability,
    capability_action,
    emitted_list,
    handoff_list,
    problem_note,
)
from portfolio_app.http.showcase.handoff import KEPT, NOT_KEPT, FieldView, HandoffView
from portfolio_app.http.showcase.highlight import highlight_card, highlight_strip
from portfolio_app.http.showcase.pattern import chip_list, pattern_list, pattern_row
from portfolio_app.http.showcase.snippet import place, snippet
from portfolio_app.http.styleguide.samples import REQUEST, listed, nothing, var
from portfolio_app.http.styleguide.specimen import Group, Specimen, specimen

_REPOSITORY = "https://example.org/source"
_KINDS = ("DTO", "Command", "Domain", "SQL row")


def group() -> Group:
    """Capabilities, slices, patterns and quoted code."""
    return Group(
        "Showcase",
        "Words at the left, what bears them out at the right.",
        (*_capabilities(), *_facts(), *_highlights(), *_code()),
        wide=frozenset({capability, handoff_list, highlight_strip, pattern_row, pattern_list}),
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
            seq, f"12:00:04.{seq:03}", "1.20", f"demo.{layer}", layer, "chat.send", REQUEST, (), "info"
        )
        for seq, layer in enumerate(LAYERS, start=1)
    ]
    action = button("Open its waterfall", on_click=nothing)
    return (
        specimen("empty", handoff_list, listed(()), ""),
        specimen("full", handoff_list, listed(hops), KEPT.format(REQUEST)),
        specimen("read back", handoff_list, listed(hops[2:]), NOT_KEPT),
        specimen("empty", emitted_list, listed(()), "", action),
        specimen(
            "full", emitted_list, listed(emitted), f"Your last accepted post, in request {REQUEST}.", action
        ),
        specimen("known and unknown", fact_list, _readings()),
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
        specimen("no repository", place, quoted, ""),
        specimen("linked", place, quoted, _REPOSITORY),
        specimen("quoted from this checkout, linked", snippet, quoted, _REPOSITORY),
        *(specimen(f"of {found.layer}", snippet, found) for found in layers),
    )
