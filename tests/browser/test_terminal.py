"""The command with which a terminal follows this visitor's session."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor

pytestmark = pytest.mark.sections("live")

COMMAND = re.compile(r"curl -N -H '(Authorization): (Bearer [\w-]+)' '(http://localhost:\d+/api/stream)'")


def test_the_command_on_the_page_streams_what_its_log_shows(visit: Callable[..., Visitor]) -> None:
    visitor = visit("/")
    visitor.at("stream-reveal").focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.at("stream-command")).to_have_value(COMMAND, timeout=SOON_MS)
    command = COMMAND.fullmatch(visitor.at("stream-command").input_value())
    assert command is not None

    with httpx.stream("GET", command[3], headers={command[1]: command[2]}, timeout=60) as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith(":")
        visitor.post(text())
        posted = next(line for line in lines if '"PostMessage"' in line)

    row = visitor.page.locator("[data-testid=log-row]", has_text="PostMessage").first
    expect(row).to_be_visible(timeout=SOON_MS)
    assert row.get_attribute("data-request-id") in posted


def test_each_press_makes_another_key_and_no_page_load_shows_one(visit: Callable[..., Visitor]) -> None:
    visitor = visit("/")
    expect(visitor.at("stream-command")).to_have_value("")
    visitor.at("stream-reveal").click()
    expect(visitor.at("stream-command")).to_have_value(COMMAND, timeout=SOON_MS)
    visitor.page.reload()
    visitor.expect_connection("live")
    expect(visitor.at("stream-command")).to_have_value("")
