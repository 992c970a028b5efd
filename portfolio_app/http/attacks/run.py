"""Runs an attack against the running site, in a sandbox, and reports what the site answered, for the page, too."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.moderation.decide import Decision
from portfolio_app.app.ports.sandbox import RowCounts, Sandbox
from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.domain.chat.message import MessageStatus
from portfolio_app.http.attacks.definitions import ApproveOwn, Attack, Expected, Post, Reaction, Redeem, Try
from portfolio_app.http.chat import PostDTO
from portfolio_app.http.content.source import Passage, Symbol, find, where_raised
from portfolio_app.http.moderation import DecisionDTO
from portfolio_app.http.transport.errors import explain
from portfolio_app.http.transport.parsing import parse
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import t

_DECIDED: Final[Mapping[Reaction, Symbol]] = {
    Reaction.STORED: Symbol("portfolio_app/infra/db/batch_sql.py", "BatchSql.add_messages"),
    Reaction.REPEATED: Symbol("portfolio_app/infra/db/batch.py", "Batch.outcomes"),
    Reaction.HELD: Symbol("portfolio_app/domain/chat/moderation.py", "ModerationPolicy.judge"),
    Reaction.SWAPPED: Symbol("portfolio_app/app/account/redeem.py", "RedeemTicket.__call__"),
}


def place_of(outcome: Reaction) -> Passage:
    """The code that makes this outcome. Raises SymbolLost."""
    return find(_DECIDED[outcome])


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one try. `text` is what its client reads, empty when it was not refused."""

    outcome: Reaction
    status: int
    text: str
    place: Passage | None


@dataclass(frozen=True, slots=True)
class Report:
    """A finished attack: rows before, after, and how many were removed when it was over."""

    attack: Attack
    answers: tuple[Answer, ...]
    before: RowCounts
    after: RowCounts
    removed: int

    @property
    def survived(self) -> bool:
        """Whether every answer came from where it had to come from."""
        return tuple(alike(self.answers)) == self.attack.expected


async def run(attack: Attack, caller: Caller) -> Report:
    """Try everything in turn, as a guest that exists for this run only; nothing of it stays."""
    sandbox = await services().enter_sandbox(caller)
    attacker = Attacker(sandbox, _guest(sandbox, caller))
    try:
        before = await services().count_rows(sandbox)
        answers = [await attacker.answer(each) for each in attack.tries]
        after = await services().count_rows(sandbox)
    finally:
        removed = await services().leave_sandbox(sandbox, attacker.made)
    return Report(attack, tuple(answers), before, after, removed)


def alike(answers: Iterable[Answer]) -> list[Expected]:
    """Answers in a row that differ in nothing but their words, as one."""
    found = groupby(answers, lambda answer: (answer.outcome, _file(answer), answer.status))
    return [Expected(*kind, times=len(list(group))) for kind, group in found]


def _file(answer: Answer) -> str:
    return answer.place.path.removeprefix("portfolio_app/") if answer.place else ""


def _guest(sandbox: Sandbox, caller: Caller) -> Caller:
    # A network of its own, too: the visitor's own allowance is not spent.
    return Caller(sandbox.session_id, f"sandbox {sandbox.session_id}", caller.request_id)


@dataclass(slots=True)
class Attacker:
    """One guest in one sandbox; `made` are the sessions it got by tickets."""

    sandbox: Sandbox
    caller: Caller
    made: list[str] = field(default_factory=list)
    _held: str = ""
    _ticket: str = ""

    async def answer(self, attempt: Try) -> Answer:
        """The site's answer to one try: from the same handlers' steps, errors by the same table."""
        try:
            outcome = await self._try(attempt)
        except Exception as error:  # the boundary: a client gets a view of it
            view = explain(error, self.caller.request_id)
            return Answer(Reaction.REFUSED, view.status, view.text, where_raised(error))
        return Answer(outcome, 200, "", place_of(outcome))

    async def _try(self, attempt: Try) -> Reaction:
        match attempt:
            case Post():
                return await self._post(attempt)
            case ApproveOwn():
                return await self._approve()
            case Redeem():
                return await self._redeem(attempt)

    async def _post(self, attempt: Post) -> Reaction:
        dto = parse(PostDTO, {"client_id": attempt.client_id, "body": attempt.body})
        room = attempt.room if attempt.room is not None else str(self.sandbox.room)
        receipt = await services().post_message(self.caller, PostCommand(room, dto.client_id, dto.body))
        if receipt.message.status is MessageStatus.PENDING:
            self._held = receipt.message.id
            return Reaction.HELD
        return Reaction.REPEATED if receipt.repeated else Reaction.STORED

    async def _approve(self) -> Reaction:
        dto = parse(DecisionDTO, {"message_id": self._held})
        await services().decide_on_message(self.caller, dto.message_id, Decision.APPROVE)
        return Reaction.STORED

    async def _redeem(self, attempt: Redeem) -> Reaction:
        self._ticket = self._ticket or await services().sign_out(self.caller)
        caller = self.caller if attempt.by == "holder" else _stranger(self.caller)
        redeemed = await services().redeem_ticket(caller, self._ticket)
        self.made.append(redeemed.secret.session_id)
        return Reaction.SWAPPED


def _stranger(caller: Caller) -> Caller:
    return replace(caller, session_id=SessionSecret.generate().session_id)


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
