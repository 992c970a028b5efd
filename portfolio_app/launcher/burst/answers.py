"""Answers that are no success, in words for the person at the terminal."""

from typing import Final

import httpx

from portfolio_app.launcher.errors import LaunchError, inert

_TOO_MANY: Final = 429
_LONGEST: Final = 500
"""Characters of what a site says."""


class Refusal(LaunchError):
    """The site would not do something, or could not; `final`: asking again is of no use."""

    def __init__(self, words: str, *, final: bool) -> None:
        super().__init__(words)
        self.final = final


def unreachable(url: str, error: httpx.HTTPError) -> Refusal:
    """The words for a request without any answer."""
    return Refusal(f"{url} does not answer: {words_of(error)}", final=False)


def refusal_of(url: str, answer: httpx.Response) -> Refusal:
    """An answer that is no success."""
    status = answer.status_code
    return Refusal(f"{url} refused: {reason_of(answer)}", final=status < 500 and status != _TOO_MANY)


def reason_of(answer: httpx.Response) -> str:
    """Why, in the site's own words if it has some; the answer must have been read."""
    try:
        reason = str(inert(answer.json()["error"]["text"]))[:_LONGEST]
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}; is this the site, by the name it knows itself?"
    wait = answer.headers.get("retry-after", "")
    has_wait = wait.isdecimal() and not any(letter.isdecimal() for letter in reason)
    return f"{reason} Try again in {wait} s." if has_wait else reason


def words_of(error: httpx.HTTPError) -> str:
    """The words of httpx for a failure; some of its errors have no text."""
    return str(inert(str(error)))[:_LONGEST] or type(error).__name__
