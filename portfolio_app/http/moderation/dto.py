"""Payloads of the moderation handlers."""

from pydantic import BaseModel, ConfigDict, Field


class DecisionDTO(BaseModel):
    """The message a moderator decides on."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    message_id: str = Field(max_length=64)
