"""Payloads of the account forms; lengths here only bound the work, the domain holds the rules."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

ShortText = Annotated[str, Field(max_length=512)]


class RegisterDTO(BaseModel):
    """The registration form."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    email: ShortText
    username: ShortText
    password: ShortText = Field(repr=False)


class SignInDTO(BaseModel):
    """The sign-in form; `email` may hold a username as well."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    email: ShortText
    password: ShortText = Field(repr=False)
