"""Payloads of the waterfall's handlers."""

from pydantic import BaseModel, ConfigDict, Field


class TraceDTO(BaseModel):
    """The request whose trace a visitor wants to see."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    request_id: str = Field(pattern="^[0-9a-f]{32}$")
