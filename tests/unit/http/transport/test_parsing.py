"""The parsing of payloads: what is wrong with one is found without looking at all of it."""

import pytest

from portfolio_app.domain.errors import InvalidValue
from portfolio_app.http.transport.parsing import Request, parse, parse_json


class Named(Request):
    """A request of one field."""

    name: str


def unexpected(*_: object) -> None:
    raise AssertionError("it is looked through")


def test_fields_beyond_what_any_request_has_are_not_named_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Named, "model_validate", unexpected)
    with pytest.raises(InvalidValue) as refused:
        parse(Named, {str(n): n for n in range(60)})
    assert refused.value.field == "payload"


def test_a_long_body_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Named, "model_validate_json", unexpected)
    with pytest.raises(InvalidValue, match="too long"):
        parse_json(Named, b" " * 5_000)
