"""Payloads of the attacks' handler."""

from pydantic import BaseModel, ConfigDict, Field


class AttackDTO(BaseModel):
    """The attack that a visitor wants to see."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: str = Field(max_length=40)
