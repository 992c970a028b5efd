"""From whatever a client sent to a DTO."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from portfolio_app.domain.errors import InvalidValue


class Request(BaseModel):
    """The fields that a client may send. Other ones, and values of other types, are refused, not converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Form(Request):
    """A request whose fields arrive together, as those of a form."""


D = TypeVar("D", bound=Request)


def parse(dto: type[D], payload: object) -> D:
    """The DTO, or `InvalidValue` naming the first field at fault; says nothing of the value itself."""
    try:
        return dto.model_validate(payload)
    except ValidationError as error:
        raise _invalid(error) from None


def parse_json(dto: type[D], body: bytes) -> D:
    """The same for a body of JSON."""
    try:
        return dto.model_validate_json(body)
    except ValidationError as error:
        raise _invalid(error) from None


def _invalid(error: ValidationError) -> InvalidValue:
    location = error.errors(include_input=False, include_url=False)[0]["loc"]
    field = str(location[0]) if location else "payload"
    return InvalidValue(field, f"The {field.replace('_', ' ')} is not valid.")
