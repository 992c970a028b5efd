"""The four tabs of the showcase, wired to the visitor's own facts."""

from typing import Any, Final

import reflex as rx

from portfolio_app.http.chat import ChatState
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.kinds import Handler
from portfolio_app.http.kit.layout import Fact, fact_list, page_section, tabs
from portfolio_app.http.kit.marks import LAYERS
from portfolio_app.http.kit.page import Section
from portfolio_app.http.kit.scripts import refresh_after
from portfolio_app.http.log import open_trace
from portfolio_app.http.showcase.capability import (
    capability,
    capability_action,
    crossing_strip,
    emitted_list,
    handoff_list,
    problem_note,
)
from portfolio_app.http.showcase.claims import CONTROLS, EMISSION, FLOW, IDENTITY, WORKSPACE
from portfolio_app.http.showcase.page import claim_line
from portfolio_app.http.showcase.proof import ProofState
from portfolio_app.http.showcase.state import ShowcaseState
from portfolio_app.words import t

_SETTLED_MS: Final = 400
"""A post's last rows, its push among them, come that long after its answer; a quick series is read once."""

_IDENTITY: Final = {
    "visitor": t("You are"),
    "created": t("Session created"),
    "expires": t("Expires"),
    "rotated": t("Id rotated"),
    "store": t("Kept in"),
    "cookie": t("Cookie"),
    "flags": t("Its flags"),
}
_CONTROLS: Final = {
    "remaining": t("Posts you have left"),
    "limited": t("Posts refused as too fast"),
    "waiting": t("Messages waiting for a moderator"),
    "repeated": t("Repeated sends recognised"),
    "stored": t("Messages stored"),
}


def _facts() -> Any:  # noqa: ANN401 (a Var of an object)
    return rx.Var.create(ShowcaseState.facts).to(dict[str, Any])


def _list(of: str, labels: dict[str, str]) -> rx.Component:
    values = _facts()[of].to(dict[str, str])
    return fact_list([Fact(label, values[name]) for name, label in labels.items()])


def _identity() -> rx.Component:
    return capability(
        t("Example runtime facts from the active auth/session stack."),
        claim_line(IDENTITY),
        (t("Built with"), ("cryptography", "passlib", "sqlmodel", "starlette")),
        _list("identity", _IDENTITY),
    )


def _flow() -> rx.Component:
    handoffs = _facts()["handoffs"].to(dict[str, Any])
    return capability(
        t("A single chat request moving through each layer."),
        rx.fragment(
            claim_line(FLOW), f" {t('With it: your own last message, as each of those types held it.')}"
        ),
        (t("Packages"), LAYERS),
        handoff_list(handoffs["types"].to(list[dict[str, Any]]), handoffs["source"].to(str)),
    )


def _emission() -> rx.Component:
    emitted = _facts()["emitted"].to(dict[str, Any])
    trace = button(t("Open its waterfall"), on_click=open_trace(emitted["request_id"]))
    return capability(
        t("What is emitted while a chat message is posted and broadcast."),
        claim_line(EMISSION),
        (t("Signals"), ("opentelemetry", "reflex-otel", "sse-starlette", t("log panels"))),
        emitted_list(
            emitted["rows"].to(list[dict[str, Any]]),
            t("Your session's last post, in request {id}.", id=emitted["request_id"].to(str)),
            trace,
        ),
    )


def _controls() -> rx.Component:
    since = t(
        "Your allowance and the queue are as of now; the others count what this process has seen since it started."
    )
    return capability(
        t("Core controls in the chat path."),
        rx.fragment(claim_line(CONTROLS), f" {since}"),
        (t("Includes"), (t("persistence"), t("rate limit"), t("moderation"), t("push fanout"))),
        _list("controls", _CONTROLS),
        capability_action(button(t("Read again"), icon_name="retry", on_click=ShowcaseState.refresh)),
    )


def live_crossing() -> rx.Component:
    """The visitor's last post through the layers; the section below reads it, with its own facts."""
    crossing = _facts()["crossing"].to(dict[str, Any])
    return crossing_strip(crossing, on_trace=open_trace(crossing["request_id"]))


def live_capabilities() -> rx.Component:
    """The section: read when the page opens, and after each post of this tab."""
    refresh: Handler = ShowcaseState.refresh
    sent = rx.Var.create(ChatState.outcome).to(dict[str, Any])
    return page_section(
        t("Capabilities, by their own facts"),
        claim_line(WORKSPACE),
        problem_note(ShowcaseState.problem),
        tabs(
            {
                t("Auth durability"): _identity(),
                t("Boundary-safe flows"): _flow(),
                t("Observability"): _emission(),
                t("Live chat delivery"): _controls(),
            },
            label=t("Capabilities"),
        ),
        refresh_after(sent["cid"].to(str), on_change=refresh.debounce(_SETTLED_MS)),
        anchor="capabilities",
    )


CAPABILITIES = Section("capabilities", live_capabilities, (ShowcaseState.refresh, ProofState.load))
