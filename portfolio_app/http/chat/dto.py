"""Payloads of the chat handlers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class PostDTO(BaseModel):
    """A message on its way in; lengths here only bound the work, the domain holds the rules."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    client_id: str = Field(max_length=64)
    body: str = Field(max_length=20_000)


class PaintedDTO(BaseModel):
    """Messages of this session, written in another tab, that are on this tab's screen now."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    messages: list[Annotated[str, Field(max_length=32)]] = Field(max_length=50)


class RepairDTO(BaseModel):
    """A tab's last room revision, from which it wants to go on."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    after: int = Field(ge=0, le=2**53)
