"""A finished attack as the browser gets it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Final

from portfolio_app.http.attacks.definitions import Reaction
from portfolio_app.http.attacks.run import Answer, Report
from portfolio_app.words import t

_TOO_MANY: Final = 429
_UNLIMITED: Final = t("Not refused: rate limits are off on this server (RATE_LIMITS=off).")
_UNEXPECTED: Final = t("The site did not answer as it should. What it did is below.")
_OUTCOMES: Final[Mapping[Reaction, str]] = {
    Reaction.STORED: t("stored"),
    Reaction.REPEATED: t("recognised as sent before"),
    Reaction.HELD: t("held back"),
    Reaction.SWAPPED: t("accepted once"),
    Reaction.REFUSED: t("refused"),
}


@dataclass(frozen=True, slots=True)
class AnswerView:
    """Answers in a row that are alike: `times` of them, `where` and `code` name the line that decided."""

    key: str
    times: int
    outcome: str
    refused: bool
    status: int
    text: str
    layer: str
    where: str
    code: str


@dataclass(frozen=True, slots=True)
class CountView:
    """Rows of the sandbox in one table."""

    table: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class AttackView:
    """`removed` rows were deleted when the attack was over; `request_id` opens its waterfall."""

    verdict: str
    survived: bool
    answers: tuple[AnswerView, ...]
    counts: tuple[CountView, ...]
    removed: int
    request_id: str


def attack_view(report: Report, request_id: str, *, limits: bool) -> AttackView:
    """The report in the page's words; `limits` says whether this server has rate limits at all."""
    explained = not limits and any(expected.status == _TOO_MANY for expected in report.attack.expected)
    verdict = report.attack.survives if report.survived else _UNLIMITED if explained else _UNEXPECTED
    before, after = asdict(report.before), asdict(report.after)
    groups = groupby(report.answers, lambda answer: (answer.outcome, answer.status, answer.place))
    return AttackView(
        verdict=verdict,
        survived=report.survived,
        answers=tuple(_answers(position, list(group)) for position, (_, group) in enumerate(groups)),
        counts=tuple(CountView(table.replace("_", " "), before[table], after[table]) for table in before),
        removed=report.removed,
        request_id=request_id,
    )


def _answers(position: int, alike: list[Answer]) -> AnswerView:
    first, place = alike[0], alike[0].place
    return AnswerView(
        key=str(position),
        times=len(alike),
        outcome=_OUTCOMES[first.outcome],
        refused=bool(first.text),
        status=first.status,
        text=first.text,
        layer=place.layer if place else "",
        where=str(place) if place else "",
        code=place.head if place else "",
    )
