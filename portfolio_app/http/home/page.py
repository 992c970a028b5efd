"""The front page: the first screen, readings of the process, then the sections that the owner lists."""

from collections.abc import Sequence
from typing import Any, Final

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.chat import live_line
from portfolio_app.http.content.loader import content
from portfolio_app.http.home.first_trace import FirstTraceState, first_trace
from portfolio_app.http.home.pulse import BEATS_KEPT, HEIGHT, PulseState
from portfolio_app.http.home.second_tab import second_tab
from portfolio_app.http.kit import scripts
from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.kinds import Child, Text
from portfolio_app.http.kit.layout import UNKNOWN, Fact, fact_list, panel, unconnected
from portfolio_app.http.kit.marks import layer_strip, short_id
from portfolio_app.http.kit.page import Page, Section
from portfolio_app.http.kit.problem import apart
from portfolio_app.http.log import LogState, waterfall
from portfolio_app.words import t


def _with(words: str, number: rx.Var[Any]) -> rx.Var[str]:
    """Words with a number, which only the browser knows, in their place."""
    before, _, after = words.partition("{n}")
    return rx.Var.create(f"{before}{number}{after}").to(str)


def pulse_trace(pushed: Text, peak: rx.Var[Any], *, label: str, quiet: str) -> rx.Component:
    """A line of what was `pushed` in the last minute, its newest end at the right; `quiet` if it was nothing.

    There is no `peak` before the first reading.
    """
    line = f"M0 {HEIGHT}{pushed}"
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.span(label),
            rx.el.span(rx.cond(peak.is_none(), "", _with(t("peak {n} /s"), peak)), class_name="pulse-peak"),
            class_name="pulse-words",
        ),
        rx.el.svg(
            rx.el.path(d=f"{line}V{HEIGHT}Z", class_name="pulse-fill"),
            rx.el.path(d=line, class_name="pulse-line"),
            view_box=f"0 0 {BEATS_KEPT} {HEIGHT}",
            aria_hidden="true",
            class_name="pulse-area",
            custom_attrs={"preserveAspectRatio": "none"},
        ),
        rx.cond(peak == 0, rx.el.p(quiet, class_name="pulse-quiet")),
        class_name="pulse",
        data_peak=rx.cond(peak, peak, 0),
    )


def pulse_panel(facts: Sequence[Fact], trace: rx.Component, connection: Text) -> rx.Component:
    """Readings of the very process that served the page, under the `trace` of its last minute.

    Without a live `connection` they are no news, and look it.
    """
    return panel(
        t("This process, now"),
        trace,
        fact_list(facts),
        aside=rx.cond(connection == "live", "", t("not connected")),
        data_state=connection,
        data_panel="pulse",
    )


_NO_SCRIPTS: Final = t(
    "JavaScript is off: all words are here, but what is live, such as the timing of your visit, needs it."
)


_PAINTED_HERE: Final = 3
"""The place of this station among those of a message, see `log/trace_views.py`."""


def first_trace_panel(trace: Any, about: Text) -> rx.Component:  # noqa: ANN401 (a Var of a trace)
    """The panel of the first waterfall: `about` is `nothing`, `arrival` or `message`.

    As high with a trace as without one.
    """
    shown = rx.Var.create(trace).to(dict[str, Any])
    empty = rx.el.div(
        rx.el.p(t("Measuring what your visit made this machine do…"), class_name="first-wait"),
        unconnected(t("Not measured: there is no live connection to say it over."), _NO_SCRIPTS),
        class_name="first-empty",
        role="status",
    )
    title = rx.match(
        about,
        ("message", rx.fragment(t("Your message, from click to paint"))),
        rx.fragment(t("Your arrival, as it was served")),
    )
    # A message is drawn as it goes on, until it was painted where it was written.
    painted = shown["way"].to(list[dict[str, Any]])[_PAINTED_HERE]["reached"].to(bool)
    complete = rx.cond(about == "message", painted, about == "arrival")
    whole = rx.cond(about == "nothing", "", rx.fragment(short_id(shown["request_id"]), " · ", shown["took"]))
    words = rx.el.p(shown["name"], class_name="first-sum")
    body = rx.fragment(words, waterfall(shown, "arrival-span"))
    return panel(
        title,
        rx.el.div(
            rx.cond(about == "nothing", empty, body),
            class_name="first-trace",
            role="region",
            tab_index=0,
            aria_label=t("Waterfall of your last request"),
            data_testid="arrival",
            data_about=about,
            data_state=rx.cond(complete, "complete", "filling"),
        ),
        aside=whole,
        data_panel="first",
        data_request_id=rx.cond(about == "nothing", "", shown["request_id"]),
    )


def hero(
    trace: rx.Component,
    composer: Child,
    *actions: Child,
    second: Child = "",
    owner: Text,
    role: Text,
    claim: Text,
    ledes: Sequence[Text],
) -> rx.Component:
    """Whose page, the claim, a line to type; the `trace` beside it, on a phone below; then `second` and more."""
    return rx.el.section(
        rx.el.div(
            rx.el.p(rx.el.b(owner), " · ", role, class_name="hero-owner"),
            rx.el.h1(claim, class_name="hero-claim"),
            composer,
            class_name="hero-words",
        ),
        trace,
        rx.el.div(
            second,
            *(rx.el.p(words, class_name="hero-lede") for words in ledes),
            layer_strip(),
            *([rx.el.div(*actions, class_name="hero-actions")] if actions else []),
            class_name="hero-more",
        ),
        class_name="hero",
    )


def _not_yet(words: str) -> rx.Var[str]:
    # Nobody can say so before the first reading.
    return rx.cond(PulseState.visitors, words, UNKNOWN)


def _in_tabs() -> rx.Var[str]:
    return rx.cond(PulseState.tabs == 1, t("in 1 tab"), _with(t("in {n} tabs"), PulseState.tabs))


def _facts() -> list[Fact]:
    return [
        Fact(t("Visitors here"), PulseState.visitors, _in_tabs()),
        Fact(t("Events and requests answered"), PulseState.events_per_s, "/s"),
        Fact(
            t("Last post, received to committed"), PulseState.last_post_ms, "ms", _not_yet(t("no post yet"))
        ),
        Fact(
            t("Last post, painted in another tab"),
            PulseState.last_painted_ms,
            "ms",
            _not_yet(t("no second tab yet")),
        ),
        Fact(t("Up for"), PulseState.uptime),
        Fact(t("Commit"), PulseState.commit),
    ]


def _pulse() -> rx.Component:
    trace = pulse_trace(
        PulseState.pushed,
        PulseState.peak,
        label=t("Frames pushed to tabs, last 60 s"),
        quiet=t("Nothing was pushed lately. Post a message, and it moves."),
    )
    return pulse_panel(_facts(), trace, scripts.connection())


_LIVE: Final = "live"
"""The section whose room, log and network table the first line leads to."""
_SUGGESTED: Final = t("Hello from the first screen.")


def _views() -> rx.Component:
    """The other views of what the waterfall shows."""
    places = {t("Room"): "#live", t("Log"): "#log", t("Network"): "#network"}
    links = [A.create(label, href=href) for label, href in places.items()]
    return rx.el.p(f"{t('The same in:')} ", *links, class_name="first-views")


def _first_line() -> rx.Component:
    return rx.el.div(live_line(_SUGGESTED), _views(), class_name="first-line")


def _second_tab() -> rx.Component:
    return second_tab(first_trace("about", str) == "message", FirstTraceState.address)


def _hero(sections: Sequence[Section]) -> rx.Component:
    profile = content().profile
    inviting = [section for section in sections if section.invitation]
    has_room = any(section.name == _LIVE for section in sections)
    return hero(
        apart(first_trace_panel(first_trace("trace", dict[str, Any]), first_trace("about", str))),
        _first_line() if has_room else rx.fragment(),
        *(
            section.button()
            if section.button
            else link_button(
                section.invitation,
                f"#{section.name}",
                kind="quiet" if place or has_room else "primary",
                native=True,
            )
            for place, section in enumerate(inviting)  # one primary action: to send the line, if there is one
        ),
        second=_second_tab() if has_room else rx.fragment(),
        owner=profile.name,
        role=profile.role,
        claim=profile.claim,
        ledes=profile.ledes,
    )


def home_page(sections: Sequence[Section]) -> Page:
    """The front page with these sections, each read when the page opens."""

    def build() -> rx.Component:
        return rx.fragment(_hero(sections), _pulse(), *(section.build() for section in sections))

    loads = [
        FirstTraceState.begin,
        LogState.follow,
        PulseState.follow,
        *(load for section in sections for load in section.on_load),
    ]
    once = [load for index, load in enumerate(loads) if load not in loads[:index]]
    return Page(route="/", title="", description="", build=build, listed=True, on_load=once)
