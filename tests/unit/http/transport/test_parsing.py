"""The parsing of payloads: what is wrong with one is found without looking at all of it."""

import json

import pytest
from pydantic import ValidationError

from portfolio_app.domain.errors import InvalidValue
from portfolio_app.http.burst.routes import MOST_ANSWERS, AnswersDTO, FinishDTO, StartDTO
from portfolio_app.http.transport.parsing import Request, parse, parse_json


class Never(Request):
    """A request of one field."""

    name: str


def unexpected(*_: object) -> None:
    raise AssertionError("it is looked through")


def test_fields_beyond_what_any_request_has_are_not_named_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Never, "model_validate", unexpected)
    with pytest.raises(InvalidValue) as refused:
        parse(Never, {str(n): n for n in range(60)})
    assert refused.value.field == "payload"


def test_a_long_body_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FinishDTO, "model_validate_json", unexpected)
    with pytest.raises(InvalidValue, match="too long"):
        parse_json(FinishDTO, b" " * 5_000)


@pytest.mark.parametrize("wrong", [[], [1], [1, None, 200, 1, 1, "x"], {}])
def test_of_wrong_reports_the_first_is_named(wrong: object) -> None:
    body = json.dumps({"answers": [wrong] * MOST_ANSWERS}).encode()
    with pytest.raises(ValidationError) as refused:
        AnswersDTO.model_validate_json(body)
    assert refused.value.error_count() < 20
    with pytest.raises(InvalidValue) as named:
        parse_json(AnswersDTO, body)
    assert named.value.field == "answers"


def test_as_many_reports_as_are_taken_fit() -> None:
    longest = [
        9_999,
        "a" * 32,
        200,
        3_600_000_000,
        3_600_000_000,
        1,
        "",
        3_600_000_000,
        1_000_000,
        None,
        None,
    ]
    body = json.dumps({"answers": [longest] * 300}).encode()
    assert len(parse_json(AnswersDTO, body).answers) == 300
    assert parse_json(StartDTO, b'{"size": 1000, "workers": 64, "mode": "noop"}').size == 1000
