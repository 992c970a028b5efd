"""The attacks a visitor has run in this tab."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound
from portfolio_app.http.attacks.definitions import ATTACKS, Attack
from portfolio_app.http.attacks.dto import AttackDTO
from portfolio_app.http.attacks.run import run
from portfolio_app.http.attacks.views import AttackView, attack_view
from portfolio_app.http.showcase import ShowcaseState
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.handling import attempt
from portfolio_app.http.transport.parsing import parse
from portfolio_app.http.transport.runtime import options

_READ_COUNTERS: Any = ShowcaseState.refresh
"""The counters beside the attacks have moved."""


class AttackState(rx.State):
    """The last report of each attack, by name; `running` is the one under way."""

    running: rx.Field[str] = rx.field("")
    reports: rx.Field[dict[str, AttackView]] = rx.field(default_factory=dict)
    problems: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    async def run(self, name: Any = None) -> AsyncIterator[EventSpec | None]:  # noqa: ANN401 (unparsed)
        """Run one attack in a sandbox of its own."""
        known = next((attack for attack in ATTACKS if attack.name == name), None)
        self.running = known.name if known else ""
        yield None
        result = await attempt(self, "attack.run", partial(_run, name))
        self.running = ""
        if known is not None:
            self._show(known, result)
            yield _READ_COUNTERS

    def _show(self, attack: Attack, result: AttackView | ErrorView) -> None:
        problem = result.text if isinstance(result, ErrorView) else ""
        self.problems = self.problems | {attack.name: problem}
        if isinstance(result, AttackView):
            self.reports = self.reports | {attack.name: result}


async def _run(name: object, caller: Caller) -> AttackView:
    dto = parse(AttackDTO, {"name": name})
    known = next((attack for attack in ATTACKS if attack.name == dto.name), None)
    if known is None:
        raise NotFound("There is no attack with that name.")
    return attack_view(await run(known, caller), caller.request_id, limits=options().limits)
