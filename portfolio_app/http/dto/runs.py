"""Payloads of the pages of recorded runs."""

from pydantic import BaseModel, ConfigDict, Field


class RunDTO(BaseModel):
    """The run a visitor wants to see."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    run_id: str = Field(pattern="^[0-9a-f]{16}$")
