"""Payloads of the account page."""

from pydantic import BaseModel, ConfigDict, Field


class RevokeDTO(BaseModel):
    """The session that a member wants to end."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    handle: str = Field(pattern="^[0-9a-f]{16}$")
