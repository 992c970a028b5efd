import logging

import pytest

from portfolio_app.app import errors as app
from portfolio_app.domain import errors as domain
from portfolio_app.http.transport.errors import ERROR_MAP, REPORT_LENGTH, explain, report, report_from_browser


def errors_of(module: object, base: type[Exception]) -> list[type[Exception]]:
    return [cls for cls in vars(module).values() if isinstance(cls, type) and issubclass(cls, base)]


@pytest.mark.parametrize(
    "error",
    errors_of(app, app.AppError) + errors_of(domain, domain.DomainError),
    ids=lambda cls: cls.__name__,
)
def test_every_error_of_domain_and_app_has_a_row_of_its_own(error: type[Exception]) -> None:
    assert error in ERROR_MAP


def test_an_invalid_value_points_at_its_field() -> None:
    view = explain(domain.InvalidValue("email", "No."), "r1")
    assert (view.status, view.text, view.field, view.request_id) == (422, "No.", "email", "r1")


def test_a_rate_limit_says_when_to_come_back() -> None:
    view = explain(app.RateLimited(7), "r1")
    assert (view.status, view.retry_after, view.text) == (429, 7, "Too fast. Try again in 7 seconds.")


def test_an_unforeseen_error_keeps_its_text_to_itself_and_names_the_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        view = explain(ValueError("the password is canary"), "r-42")
    assert view.status == 500
    assert "r-42" in view.text
    assert "canary" not in view.text + caplog.text
    assert "ValueError" in caplog.text


def test_a_report_names_the_place_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    try:
        int("canary")
    except ValueError as error:
        report(error)
    [record] = caplog.records
    assert "test_errors.py:" in record.getMessage()
    assert "canary" not in record.getMessage()
    assert record.exc_info is None


def test_a_browsers_report_is_one_bounded_line_without_control_characters(
    caplog: pytest.LogCaptureFixture,
) -> None:
    report_from_browser(Exception("a\nFORGED LINE\x1b[31m" + "x" * 10_000))
    [record] = caplog.records
    assert "\n" not in record.getMessage()
    assert "\x1b" not in record.getMessage()
    assert len(record.getMessage()) < REPORT_LENGTH + 50
