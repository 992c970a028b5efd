import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from socketio import AsyncServer

from portfolio_app.infra.logs.configuration import configuration

CANARY = "canary4712"
Said = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Iterator[Said]:
    """What came out on stdout since, as parsed lines."""
    names = ["", *configuration("INFO")["loggers"], "engineio.server"]
    levels = {name: logging.getLogger(name).level for name in names}
    yield lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    root = logging.getLogger()
    root.handlers = [handler for handler in root.handlers if handler.get_name() != "stdout"]
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def configure(level: str = "INFO") -> None:
    kept = list(logging.getLogger().handlers)
    logging.config.dictConfig(configuration(level))
    logging.getLogger().handlers += kept  # pytest's own


def test_a_record_is_one_json_object(said: Said) -> None:
    configure()
    logging.getLogger("portfolio_app.http").warning("two\nlines, %s", "said")
    [line] = said()
    assert (line["level"], line["logger"], line["message"]) == (
        "warning",
        "portfolio_app.http",
        "two lines, said",
    )
    assert line["ts"].endswith("+00:00")
    assert "request_id" not in line


def test_inside_a_span_the_line_carries_the_request_id(said: Said) -> None:
    configure()
    with TracerProvider().get_tracer("test").start_as_current_span("request") as span:
        logging.getLogger("portfolio_app").error("broken")
    assert said()[0]["request_id"] == trace.format_trace_id(span.get_span_context().trace_id)


def test_a_request_id_that_is_given_counts_outside_of_a_span(said: Said) -> None:
    configure()
    logging.getLogger("portfolio_app").info("answered", extra={"request_id": "ab" * 16})
    assert said()[0]["request_id"] == "ab" * 16


def test_an_exception_is_told_by_type_and_place_but_never_by_its_text(said: Said) -> None:
    configure()
    try:
        try:
            raise ConnectionError(CANARY)
        except ConnectionError as cause:
            raise ValueError(f"[parameters: {CANARY}]") from cause
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n%s", CANARY)
    [line] = said()
    assert line["message"] == "Exception in ASGI application"
    assert [told.split(" at ")[0] for told in line["error"]] == ["ValueError", "ConnectionError"]
    assert all("test_formatter.py:" in told for told in line["error"])
    assert CANARY not in json.dumps(line)


def test_of_a_traceback_in_a_message_the_last_line_is_kept(said: Said) -> None:
    configure()
    logging.getLogger("uvicorn.error").error(
        "Traceback (most recent call last):\n  File x\nOSError: no disk\n"
    )
    assert said()[0]["message"] == "OSError: no disk"


def test_other_packages_never_get_to_say_what_they_carry(said: Said) -> None:
    configure("DEBUG")
    logging.getLogger("sse_starlette.sse").debug("chunk: %s", CANARY)
    logging.getLogger("engineio.server").setLevel(logging.DEBUG)
    logging.getLogger("engineio.server").debug("Received packet MESSAGE data %s", CANARY)
    logging.getLogger("portfolio_app.launcher").debug("ours")
    logging.getLogger("reflex.app").info("theirs")
    assert [line["message"] for line in said()] == ["ours", "theirs"]


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("DEBUG", ["ours-debug", "ours-info", "reflex-info", "reflex-warning", "ours-error"]),
        ("INFO", ["ours-info", "reflex-info", "reflex-warning", "ours-error"]),
        ("WARNING", ["reflex-warning", "ours-error"]),
        ("ERROR", ["ours-error"]),
    ],
)
def test_log_level_decides_what_is_heard(said: Said, level: str, heard: list[str]) -> None:
    configure(level)
    logging.getLogger("portfolio_app.x").debug("ours-debug")
    logging.getLogger("portfolio_app.x").info("ours-info")
    logging.getLogger("reflex_base.y").info("reflex-info")
    logging.getLogger("uvicorn.error").info("uvicorn-info")
    logging.getLogger("reflex.y").warning("reflex-warning")
    logging.getLogger("portfolio_app.x").error("ours-error")
    assert [line["message"] for line in said()] == heard


def test_what_the_log_says_of_a_secret_is_hidden(said: Said) -> None:
    configure()
    logging.getLogger("reflex.state").warning("no state for %s", f"token={CANARY}")
    assert said()[0]["message"] == "no state for token=***"


def test_the_websocket_servers_get_no_handler_that_writes_plain_text(said: Said) -> None:
    configure()
    server = AsyncServer(async_mode="asgi")
    for logger in (server.logger, server.eio.logger):
        logger.handlers = [handler for handler in logger.handlers if handler.get_name() != "stdout"]
    AsyncServer(async_mode="asgi")
    assert (server.logger.handlers, server.eio.logger.handlers) == ([], [])
    server.eio.logger.error("message async handler error", exc_info=ValueError("x"))
    [line] = said()
    assert (line["logger"], line["level"]) == ("engineio.server", "error")
