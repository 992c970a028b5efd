"""The style guide shows what there is; that no build has it is tested with the built pages."""

import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_type_hints

import reflex as rx

from portfolio_app import http
from portfolio_app.http.content.loader import content
from portfolio_app.http.frame import framed
from portfolio_app.http.kit.specimen import Component, Group, Specimen
from portfolio_app.http.site import absent
from portfolio_app.http.styleguide import PAGE, all_groups
from portfolio_app.http.styleguide import specimens as modules
from portfolio_app.settings import STYLEGUIDE

EXEMPT: dict[Component, str] = {
    component: reason for module in modules() for component, reason in getattr(module, "EXEMPT", {}).items()
}
ABSENT = absent(content().profile)
ROOT = Path(__file__).parents[4]
COMPONENTS = re.compile(
    r"portfolio_app\.http\.(?!styleguide\.|build\.)\w+\.(?!live$|page$|specimens?$|\w+_page$)\w+"
)
REGISTERED = "from portfolio_app.portfolio_app import app; print(*app._unevaluated_pages)"


def every_component() -> Iterator[Component]:
    """Every public function of kit and the site's features that gives something to draw, but for what pages wire."""
    for module in pkgutil.walk_packages(http.__path__, f"{http.__name__}."):
        if not COMPONENTS.fullmatch(module.name) or module.name.split(".")[2] in ABSENT:
            continue
        for name, found in vars(importlib.import_module(module.name)).items():
            own = inspect.isfunction(found) and found.__module__ == module.name
            if own and not name.startswith("_") and get_type_hints(found)["return"] is rx.Component:
                yield found


@cache
def groups() -> tuple[Group, ...]:
    return tuple(all_groups())


def specimens() -> list[Specimen]:
    return [specimen for group in groups() for specimen in group.specimens]


@cache
def rendered() -> str:
    return str(framed(PAGE.build(), nav=()).render())


def test_every_component_is_shown_or_exempt_for_a_reason() -> None:
    shown = {specimen.component for specimen in specimens()}
    missing = [
        f"{found.__module__}.{found.__name__}"
        for found in every_component()
        if found not in shown | set(EXEMPT)
    ]
    assert missing == []
    assert all(EXEMPT.values())


def test_nothing_is_exempt_that_is_shown_or_gone() -> None:
    shown = {specimen.component for specimen in specimens()}
    assert set(EXEMPT) <= set(every_component()) - shown


def test_the_states_of_a_component_have_names_of_their_own() -> None:
    named = Counter((specimen.component.__name__, specimen.state) for specimen in specimens())
    assert [name for name, times in named.items() if times > 1] == []


def test_every_specimen_is_on_the_page() -> None:
    assert rendered().count('"data-testid":"specimen"') == len(specimens())


def test_no_two_elements_share_an_id() -> None:
    ids = Counter(re.findall(r'(?<![\w-])(?:id|fieldId):"([^"]+)"', rendered()))
    assert {"main", "refused-nickname-error", "room-full-chat-input"} <= ids.keys()
    assert [name for name, times in ids.items() if times > 1] == []


def test_the_page_says_that_its_numbers_are_examples() -> None:
    assert "Examples, not measurements" in rendered()


def test_the_page_is_offered_to_nobody() -> None:
    assert not PAGE.listed


def test_the_development_server_has_the_route() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REGISTERED],
        env=os.environ | {STYLEGUIDE: "on"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "styleguide" in done.stdout.split()
