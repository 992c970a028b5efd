"""Specimens of the attacks."""

from functools import partial

from portfolio_app.http.attacks.definitions import ATTACKS, Reaction
from portfolio_app.http.attacks.parts import attack_card, attack_grid, attack_report
from portfolio_app.http.attacks.run import AnswerView, AttackView, CountView
from portfolio_app.http.content.source import Symbol, find
from portfolio_app.http.kit.specimen import REQUEST, Group, Specimen, absent, given, nothing, specimen

_ATTACK = ATTACKS[0]
_STORED = find(Symbol("portfolio_app/infra/db/batch_sql.py", "BatchSql.add_messages"))
_PLACE = find(Symbol("portfolio_app/domain/chat/room.py", "RoomSlug.__post_init__"))


def _group() -> Group:
    """An attack before, while and after it runs."""
    idle = _card("not run", None)
    return Group(
        "Attacks",
        "The report names the layer that refused, by its hue and its line.",
        (
            idle,
            _card("running", None, running=True, busy=True),
            _card("another one runs", None, busy=True),
            _card("could not run", None, problem="The service is busy. Try again in a moment."),
            _card("refused, as it has to be", _report(survived=True)),
            _card("answered otherwise", _report(survived=False)),
            specimen("its report", attack_report, given(_report(survived=True)), nothing),
            specimen("two", attack_grid, idle.draw(), idle.draw()),
        ),
        wide=frozenset({attack_grid}),
    )


def _card(
    state: str, report: AttackView | None, *, running: bool = False, busy: bool = False, problem: str = ""
) -> Specimen:
    return specimen(
        state,
        attack_card,
        _ATTACK.name,
        _ATTACK.title,
        _ATTACK.story,
        report=given(report) if report else absent(),
        draw=partial(attack_report, on_trace=nothing),
        problem=problem,
        running=running,
        busy=busy,
        on_run=nothing,
    )


def _report(*, survived: bool) -> AttackView:
    stored = AnswerView("0", 4, Reaction.STORED, False, 200, "", "infra", str(_STORED), _STORED.head)
    refused = AnswerView(
        "1", 1, Reaction.REFUSED, True, 422, "The room is not valid.", _PLACE.layer, str(_PLACE), _PLACE.head
    )
    return AttackView(
        verdict=_ATTACK.survives
        if survived
        else "The site did not answer as it should. What it did is below.",
        survived=survived,
        answers=(refused,) if survived else (stored, refused),
        counts=(CountView("messages", 0, 0 if survived else 4), CountView("audit log", 0, 0)),
        removed=0 if survived else 4,
        request_id=REQUEST,
    )


def groups() -> tuple[Group, ...]:
    """The specimens that the style guide shows of this feature."""
    return (_group(),)
