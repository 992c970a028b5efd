"""File descriptors: how many the process takes, and what a shortage of them costs."""

import logging

import pytest

from portfolio_app.infra import descriptors as module
from portfolio_app.infra.descriptors import Descriptors, descriptors


def test_a_shortage_is_logged_with_what_it_cost(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Descriptors(lambda: 0.0)
    with caplog.at_level(logging.WARNING):
        counted.look()
        assert not caplog.records
        counted.made_room()
        counted.look()
        counted.look()
        monkeypatch.setattr(module.resource, "getrlimit", lambda _: (3, 3))
        counted.look()
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [
        "closed 1 connections that waited",
        "closed 0 connections that waited",
    ]


@pytest.mark.parametrize(
    ("soft", "hard", "taken"),
    [
        (1024, 4096, 4096),
        (1024, 1 << 20, 65_536),
        (1024, -1, 65_536),
        (70_000, 1 << 20, None),
        (1024, 1024, None),
    ],
)
def test_as_many_descriptors_are_taken_as_the_system_allows(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, taken: int | None
) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(module.resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(module.resource, "setrlimit", lambda _, given: limits.append(given))
    module.raise_limit()
    assert limits == ([(taken, hard)] if taken else [])


@pytest.mark.parametrize(("allowed", "most"), [(1024, 896), (256, 192), (65_536, 65_408)])
def test_some_descriptors_are_left_for_the_site_itself(
    monkeypatch: pytest.MonkeyPatch, allowed: int, most: int
) -> None:
    monkeypatch.setattr(module.resource, "getrlimit", lambda _: (allowed, allowed))
    assert descriptors.most_connections() == most
