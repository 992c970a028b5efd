"""The parsing of what a client sent into a DTO."""

from typing import ClassVar, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from portfolio_app.domain.errors import InvalidValue

MOST_FIELDS: Final = 50
"""Fields of a payload, more than any DTO has: naming 7,500 unknown ones took 11 ms."""
FIELDS: Final = "__fields__"
"""Attribute of a handler: the class of its requests, None where it takes nothing."""


class Request(BaseModel):
    """The fields that a client may send. Other ones, and values of other types, are refused, not converted.

    A list of many needs `pydantic.FailFast()`: naming each error of 500 reports of a burst took 14 ms.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    max_body: ClassVar[int] = 4096
    """Bytes of JSON that are parsed for it."""


class Form(Request):
    """A request whose fields arrive together, as those of a form."""


D = TypeVar("D", bound=Request)


def parse(dto: type[D], payload: object) -> D:
    """The DTO, or `InvalidValue` naming the first field at fault; says nothing of the value itself."""
    if isinstance(payload, dict) and len(payload) > MOST_FIELDS:
        raise InvalidValue("payload", "The payload is not valid.")
    try:
        return dto.model_validate(payload)
    except ValidationError as error:
        raise _invalid(error) from None


def parse_json(dto: type[D], body: bytes) -> D:
    """The DTO from a body of JSON of at most `max_body` bytes, or `InvalidValue` as `parse` raises it."""
    if len(body) > dto.max_body:
        raise InvalidValue("payload", "The payload is too long.")
    try:
        return dto.model_validate_json(body)
    except ValidationError as error:
        raise _invalid(error) from None


def not_given(event: object) -> list[str]:
    """Names of the fields that a handler, or one with parameters, needs and is not given; none of what is neither."""
    dto: type[Request] | None = getattr(getattr(getattr(event, "handler", event), "fn", None), FIELDS, None)
    if dto is None or issubclass(dto, Form):
        return []
    given = {str(name) for name, _ in getattr(event, "args", ())}
    return [name for name, field in dto.model_fields.items() if field.is_required() and name not in given]


def kept_text(given: object, longest: int) -> str:
    """The first `longest` characters of a form's refused value, to fill the form with; empty for another type.

    A state keeps them for as long as the tab is open: `longest` is the form's own limit.
    """
    return given[:longest] if isinstance(given, str) else ""


def _invalid(error: ValidationError) -> InvalidValue:
    first = error.errors(include_input=False, include_url=False)[0]
    field = str(first["loc"][0]) if first["loc"] else "payload"
    name = field.replace("_", " ")
    is_long = first["type"] == "string_too_long"
    return InvalidValue(field, f"The {name} is too long." if is_long else f"The {name} is not valid.")
