"""`make dev`: Reflex's own development server, with hot reload of pages, backend and content."""

from pathlib import Path
from tempfile import TemporaryDirectory

from portfolio_app.http import site
from portfolio_app.http.content.figures import RESULTS
from portfolio_app.http.content.loader import FOLDER, read
from portfolio_app.launcher import address
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.serving import migrate
from portfolio_app.launcher.toolchain import reflex_environment, run_reflex
from portfolio_app.launcher.watching import following
from portfolio_app.settings import STYLEGUIDE, Settings


def _read() -> None:
    site.check(read(FOLDER).profile)


def run(settings: Settings) -> None:
    """Pages come from PORT, the backend from PORT + 1; cookies ignore ports, so both see the same session.

    Cards, icons and the public address in pages are a build's: nobody else fetches from a developer's machine.
    """
    for port in (settings.port, settings.port + 1):
        address.claim(settings.host, port).close()
    migrate(settings)
    ports = ["--frontend-port", str(settings.port), "--backend-port", str(settings.port + 1)]
    # Granian, the framework's default, drops a Set-Cookie on the websocket handshake: no session would stick.
    environment = reflex_environment() | {"REFLEX_USE_GRANIAN": "false", STYLEGUIDE: "on"}
    command = ["run", "--env", "dev", "--backend-host", settings.host, *ports]
    with TemporaryDirectory() as place:
        environment["REFLEX_HOT_RELOAD_INCLUDE_PATHS"] = place
        with following((FOLDER, RESULTS), _read, Path(place) / "content.py"):
            code = run_reflex(command, environment)
    if code > 0:
        raise LaunchError(f"the development server ended with exit code {code}")
