"""Break it yourself: the attacks, wired."""

from typing import Any

import reflex as rx

from portfolio_app.http.attacks.definitions import ATTACKS, Attack
from portfolio_app.http.attacks.parts import attack_card, attack_grid
from portfolio_app.http.attacks.state import AttackState
from portfolio_app.http.kit.layout import page_section
from portfolio_app.http.kit.page import Section
from portfolio_app.http.log import open_trace


def _card(attack: Attack) -> rx.Component:
    report = rx.Var.create(AttackState.reports).to(dict[str, dict[str, Any]])[attack.name]
    problems = rx.Var.create(AttackState.problems).to(dict[str, str])
    return attack_card(
        attack.name,
        attack.title,
        attack.story,
        report=report,
        problem=problems[attack.name],
        running=AttackState.running == attack.name,
        busy=AttackState.running != "",
        on_run=AttackState.run,
        on_trace=open_trace(report["request_id"]),
    )


def live_attacks() -> rx.Component:
    """The section."""
    return page_section(
        "Break it yourself",
        "Each button attacks this running site, through the same handlers' steps as a visitor's own event. It "
        "happens in a sandbox: a guest and a room made for it, whose rows are counted, and removed afterwards.",
        attack_grid(*map(_card, ATTACKS)),
        anchor="attacks",
    )


SECTION = Section("attacks", live_attacks)
