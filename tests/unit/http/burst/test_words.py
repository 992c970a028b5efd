"""The page and the terminal say the same of a burst."""

import pytest

from portfolio_app.http.build.browser_files import HTTP
from portfolio_app.launcher.burst.load import Stop
from tests.unit.launcher.burst.test_paper import ending_of, printed

WORDS = HTTP / "burst/burst_words.js"


@pytest.mark.parametrize(
    "words",
    [
        "and every request id is in every ledger it belongs to.",
        "of the entries a ledger must have are missing",
        "Cancelled",
        "The run's ticket has ended",
        "The server stopped answering",
    ],
)
def test_the_page_and_the_terminal_say_the_same(words: str) -> None:
    texts = (printed(ending_of(unpushed=1)), *(printed(ending_of(stopped=stop)) for stop in Stop))

    assert words in WORDS.read_text(encoding="utf-8")
    assert any(words in " ".join(text.split()) for text in texts)
