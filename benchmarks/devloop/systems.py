"""Copies of both systems in a scratch folder: nothing outside it is edited, whatever happens."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from portfolio_app.launcher.toolchain import ROOT, reflex_environment

SITE: Final = "portfolio_app"
BLANK: Final = "reflex-blank"
TEXT, HANDLER, STATE_VAR, PAGE, PROFILE, FRONT, STYLESHEET, ASSET, ARTICLE, REPAIR = KINDS = (
    *("text", "handler", "state_var", "page", "profile", "front", "stylesheet", "asset", "article", "repair"),
)
"""Kinds of change. `page` is a new one; `profile` is the site's name, in the header of every page; `front` is a text of
the front page, the largest of all; in a blank app these two are its text. `repair` is the text again, after a save that
Python could not read."""
_CONFIG: Final = """\
import reflex as rx

config = rx.Config(app_name="blank", telemetry_enabled=False, show_built_with_reflex=False)
"""
_APP: Final = """\
import reflex as rx


class State(rx.State):
    shown: str = ""

    @rx.event
    def press(self):
        self.shown = "pressed"


def index() -> rx.Component:
    return rx.el.main(
        rx.el.h1("A blank app"),
        rx.el.form(rx.el.button("Press"), on_submit=State.press),
        rx.el.p(State.shown),
    )


app = rx.App(stylesheets=["/site.css"])
app.add_page(index)
"""


_DEMO: Final = """\
from portfolio_app.demo import Demo, Page, demo_panel


class Probe(Demo):
    total: int = 0


PAGE = Page("/{mark}", "Probe", "A new page.", demo_panel(Probe, "{mark}"))
"""
PROFILE_FILE: Final = "portfolio_app/content/profile.toml"
PARTS: Final = "portfolio_app/http/account/parts.py"


@dataclass(frozen=True, slots=True)
class Edit:
    """Texts of a file and what replaces them, with `{mark}` for what is to be seen."""

    file: str
    replaced: Mapping[str, str]
    page: str = ""
    """The address of the page in which it shows, if not the usual one; of a new page its own, with `{mark}`."""


@dataclass(frozen=True, slots=True)
class System:
    """How it starts, which page is open, and what is edited."""

    name: str
    root: Path
    command: Sequence[str]
    page: str
    edits: Mapping[str, Edit]
    environment: Mapping[str, str] = field(default_factory=dict)

    def variables(self, port: int) -> dict[str, str]:
        """The environment of a start; the packages come from the registry, as on a new machine."""
        return {
            **reflex_environment(),
            "REFLEX_DIR": str(self.root / ".web" / ".reflex"),
            "npm_config_cache": str(self.root.parent / f"{self.name}-npm"),
            "PORT": str(port),
            **self.environment,
        }


def site(scratch: Path, port: int) -> System:
    """This project, as it stands."""
    root = scratch / SITE
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, root / name)
    return System(
        SITE,
        root,
        [sys.executable, "-m", "portfolio_app", "dev"],
        # Its form is refused before a password would be hashed: what a test presses costs the machine nothing.
        "/register",
        {
            TEXT: Edit(PARTS, {"Have an account? ": "Have an account {mark}? "}),
            HANDLER: Edit(
                "portfolio_app/http/account/state.py",
                {
                    '        self.busy, self.error, self.field_errors = True, "", {}\n': (
                        '        self.busy, self.error = False, "{mark}"\n        return\n'
                    )
                },
            ),
            STATE_VAR: Edit(
                "portfolio_app/http/account/page.py",
                {
                    "PAGES = (\n": 'class Probe(rx.State):\n    probe: str = "{mark}"\n\n\nPAGES = (\n',
                    "        _register,\n": "        lambda: rx.fragment(rx.el.p(Probe.probe), _register()),\n",
                },
            ),
            PAGE: Edit("portfolio_app/demos/probe_{mark}.py", {"": _DEMO}, "/{mark}"),
            PROFILE: Edit(PROFILE_FILE, {'site = "Portfolio"': 'site = "Portfolio {mark}"'}),
            FRONT: Edit(PROFILE_FILE, {"typed boundaries.": "typed boundaries {mark}."}, "/"),
            STYLESHEET: Edit(
                "portfolio_app/http/account/sessions.css", {"": "body {{ --probe: {mark}; }}\n"}
            ),
            ASSET: Edit("assets/probe-{mark}.svg", {"": "{mark}"}),
            ARTICLE: Edit(
                "portfolio_app/content/writing/numbers-with-a-method.md",
                {"": "\nOne more sentence: {mark}.\n"},
                "/writing/numbers-with-a-method",
            ),
            REPAIR: Edit(PARTS, {"Have an account? ": "Have an account {mark}? "}),
        },
        {"DATA_DIR": str(scratch / "data"), "RATE_LIMITS": "off", "SELF_CHECK": "off", "PORT": str(port)},
    )


def blank(scratch: Path, port: int) -> System:
    """The blank app of `reflex run`: one page, one state, one stylesheet."""
    root = scratch / BLANK
    app = "blank/blank.py"
    for name, text in {
        "rxconfig.py": _CONFIG,
        app: _APP,
        "blank/__init__.py": "",
        "assets/site.css": "body { margin: 2rem; }\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    ports = ["--frontend-port", str(port), "--backend-port", str(port + 1)]
    return System(
        BLANK,
        root,
        [sys.executable, "-m", "reflex", "run", "--env", "dev", *ports],
        "/",
        {
            TEXT: Edit(app, {"A blank app": "A blank app {mark}"}),
            HANDLER: Edit(app, {'"pressed"': '"{mark}"'}),
            STATE_VAR: Edit(
                app,
                {
                    '    shown: str = ""\n': '    shown: str = ""\n    probe: str = "{mark}"\n',
                    "rx.el.p(State.shown)": "rx.el.p(State.shown), rx.el.p(State.probe)",
                },
            ),
            STYLESHEET: Edit("assets/site.css", {"": "body {{ --probe: {mark}; }}\n"}),
            PAGE: Edit(
                app,
                {
                    "app.add_page(index)\n": (
                        'app.add_page(index)\napp.add_page(lambda: rx.el.main("{mark}"), route="/{mark}")\n'
                    )
                },
                "/{mark}",
            ),
            PROFILE: Edit(app, {"A blank app": "A blank app {mark}"}),
            FRONT: Edit(app, {"A blank app": "A blank app {mark}"}),
            ASSET: Edit("assets/probe-{mark}.svg", {"": "{mark}"}),
            REPAIR: Edit(app, {"A blank app": "A blank app {mark}"}),
        },
        {"PYTHONPATH": os.pathsep.join(("", str(root)))},
    )
