"""Break it yourself: the attacks, wired."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from portfolio_app.app.errors import NotFound
from portfolio_app.http.attacks.definitions import ATTACKS, Attack
from portfolio_app.http.attacks.parts import attack_card, attack_grid, attack_report
from portfolio_app.http.attacks.run import AttackView, attack_view, run
from portfolio_app.http.kit.layout import page_section
from portfolio_app.http.kit.page import Section
from portfolio_app.http.log import open_trace
from portfolio_app.http.showcase import ShowcaseState
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Request
from portfolio_app.http.transport.runtime import options
from portfolio_app.words import t

_READ_COUNTERS: Any = ShowcaseState.refresh
"""The counters beside the attacks have moved."""


class AttackDTO(Request):
    """The attack that a visitor wants to see."""

    name: str = Field(max_length=40)


class AttackState(rx.State):
    """The last report of each attack, by name; `running` is the one under way."""

    running: rx.Field[str] = rx.field("")
    reports: rx.Field[dict[str, AttackView]] = rx.field(default_factory=dict)
    problems: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    def _fail(self, error: ErrorView, payload: Payload) -> None:
        self.running = ""
        if (known := _named(payload.get("name"))) is not None:
            self.problems = self.problems | {known.name: error.text}

    @action("attack.run", refused=_fail)
    async def run(self, wanted: AttackDTO) -> AsyncIterator[EventSpec | None]:
        """Run one attack in a sandbox of its own."""
        if (known := _named(wanted.name)) is None:
            raise NotFound(t("There is no attack with that name."))
        self.running = known.name
        yield None
        caller = caller_of(self)
        report = await run(known, caller)
        view = attack_view(report, caller.request_id, limits=options().limits)
        self.running, self.problems = "", self.problems | {known.name: ""}
        self.reports = self.reports | {known.name: view}
        yield _READ_COUNTERS


def _named(name: object) -> Attack | None:
    return next((attack for attack in ATTACKS if attack.name == name), None)


# A memo: every attack's report has the same parts, which are compiled, and sent to the browser, once.
@rx.memo
def live_attack_report(report: rx.vars.ObjectVar[dict[str, Any]]) -> rx.Component:
    """The report of an attack, wired."""
    return attack_report(report, open_trace(report["request_id"]))


def _card(attack: Attack) -> rx.Component:
    report = rx.Var.create(AttackState.reports).to(dict[str, dict[str, Any]])[attack.name]
    problems = rx.Var.create(AttackState.problems).to(dict[str, str])
    return attack_card(
        attack.name,
        attack.title,
        attack.story,
        report=report,
        draw=lambda found: live_attack_report(report=found),
        problem=problems[attack.name],
        running=AttackState.running == attack.name,
        busy=AttackState.running != "",
        on_run=AttackState.run,
    )


def live_attacks() -> rx.Component:
    """The section."""
    return page_section(
        t("Break it yourself"),
        t(
            "Each button attacks this running site, through the same handlers' steps as a visitor's own event. It "
            "happens in a sandbox: a guest and a room made for it, whose rows are counted, and removed afterwards."
        ),
        attack_grid(*map(_card, ATTACKS)),
        anchor="attacks",
    )


SECTION = Section("attacks", live_attacks)
