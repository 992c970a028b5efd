"""Findings of an examination of the installation, one line each."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The verdict of a finding. Only `WRONG` keeps the site from working as it should."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on one subject, in one line."""

    verdict: Verdict
    subject: str
    words: str


def ok(subject: str, words: str) -> Finding:
    """A finding that needs nothing."""
    return Finding(Verdict.OK, subject, words)


def warning(subject: str, words: str) -> Finding:
    """A finding to know of."""
    return Finding(Verdict.WARNING, subject, words)


def wrong(subject: str, words: str) -> Finding:
    """A finding to mend."""
    return Finding(Verdict.WRONG, subject, words)


def first_line(error: BaseException) -> str:
    """The first line of an error, without those that a driver adds for programmers."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
