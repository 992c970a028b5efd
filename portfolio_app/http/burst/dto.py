"""Payloads of the burst's endpoints."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.errors import InvalidValue

MOST_ANSWERS: Final = 500
_AN_HOUR_US: Final = 3_600_000_000
_LONGEST_N: Final = 4

Microseconds = Annotated[int, Field(ge=0, le=_AN_HOUR_US)]
RequestId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Status = Annotated[int, Field(ge=0, le=599)]
Flag = Annotated[int, Field(ge=0, le=1)]
AnswerFields = tuple[
    Annotated[int, Field(ge=0, le=9_999)], RequestId | None, Status, Microseconds, Microseconds, Flag
]
"""Number, request id, status, start and duration in µs, pushed."""


class StartDTO(BaseModel):
    """The burst a visitor wants; the domain holds the ranges."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    size: int = Field(ge=0, le=10**6)
    workers: int = Field(ge=0, le=10**6)
    mode: str = Field(max_length=16)


class AnswersDTO(BaseModel):
    """Requests as their sender saw them end."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    answers: list[AnswerFields] = Field(max_length=MOST_ANSWERS)

    def taken(self) -> list[Answer]:
        """The answers as the ledger keeps them."""
        return [
            Answer(n, request_id, status, started, duration, pushed == 1)
            for n, request_id, status, started, duration, pushed in self.answers
        ]


class FinishDTO(BaseModel):
    """What the sender says at the end."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    sent: int = Field(ge=0, le=10**6)
    cancelled: bool


class AbandonDTO(BaseModel):
    """A sender that leaves has nothing more to say."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class CompareDTO(BaseModel):
    """The run that another one is compared with; empty for none."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    run: str = Field(max_length=32)


def number_of(query: bytes) -> int:
    """The `n` of a request of a burst, which is the whole query; `InvalidValue` for anything else."""
    name, _, value = query.partition(b"=")
    if name != b"n" or not value.isdigit() or len(value) > _LONGEST_N:
        raise InvalidValue("n", "A request of a burst has a number.")
    return int(value)
