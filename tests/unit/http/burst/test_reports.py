"""Reports of a burst's requests: as many as are taken fit, and of wrong ones the first is named."""

import json

import pytest
from pydantic import ValidationError

from portfolio_app.domain.errors import InvalidValue
from portfolio_app.http.burst.routes import MOST_ANSWERS, AnswersDTO
from portfolio_app.http.transport.parsing import parse_json


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
