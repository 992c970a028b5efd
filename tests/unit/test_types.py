"""What the type checker of the gate refuses: programs that are wrong are found before they run."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _said_of(program: str, tmp_path: Path) -> list[str]:
    """The codes of the errors that mypy finds, with the settings of `make check`."""
    source = tmp_path / "program.py"
    source.write_text(program)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", str(source)]
    found = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert found.stderr == ""
    errors = (line for line in found.stdout.splitlines() if ": error: " in line)
    return [line.rpartition("[")[2].rstrip("]") for line in errors]


MESSAGE = """
from portfolio_app.domain.chat.message import ClientMessageId, Message, MessageStatus
from portfolio_app.domain.chat.room import RoomSlug

def program(message: Message, room: RoomSlug, sent: ClientMessageId) -> None:
    {}
"""


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("print(message.status is MessageStatus.VISIBLE)", []),
        ("print(message.status is MessageStatus.VISIBEL)", ["attr-defined"]),
        ("room = sent", ["assignment"]),
        ("room = 'lobby'", ["assignment"]),
        ("message.body = message.body", ["misc"]),
    ],
    ids=["right", "misspelt", "another value", "bare text", "frozen"],
)
def test_the_type_checker_refuses_what_no_value_may_be(line: str, codes: list[str], tmp_path: Path) -> None:
    assert _said_of(MESSAGE.format(line), tmp_path) == codes


COMPONENT = """
import reflex as rx
from portfolio_app.http.kit.button import button
from portfolio_app.http.showcase.parts import verdict_mark

def program() -> rx.Component:
    return {}
"""


@pytest.mark.parametrize(
    ("call", "codes"),
    [
        ("button('Send', kind='primary')", []),
        ("button('Send', kind='primray')", ["arg-type"]),
        ("button('Send', colour='red')", ["call-arg"]),
        ("verdict_mark(3)", ["arg-type"]),
    ],
    ids=["right", "misspelt", "unknown", "wrong type"],
)
def test_the_type_checker_refuses_what_a_component_does_not_take(
    call: str, codes: list[str], tmp_path: Path
) -> None:
    assert _said_of(COMPONENT.format(call), tmp_path) == codes
