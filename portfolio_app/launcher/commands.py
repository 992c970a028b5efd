"""The command line: what a person types after `python -m portfolio_app`."""

import argparse
import errno
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from portfolio_app import folders
from portfolio_app.http import site
from portfolio_app.http.content.loader import content, left_out
from portfolio_app.http.content.model import ContentError
from portfolio_app.launcher import community, development, scaffold, serving, upkeep
from portfolio_app.launcher.env_file import load_variables
from portfolio_app.launcher.errors import LaunchError, inert
from portfolio_app.launcher.frontend import Frontend
from portfolio_app.launcher.toolchain import ROOT
from portfolio_app.settings import Settings, SettingsError

Command = Callable[[Settings, argparse.Namespace], int | None]
"""Returns an exit code, None for 0."""
_DISK: Final = {errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES}
"""Errors of a disk that is full, read-only, or somebody else's: no traceback mends that."""
_SERVERS: Final = {"serve", "dev"}
"""Commands that have no end but a signal."""
_STOPPED: Final = 130
_UNREAD: Final = 141
"""As a shell has it for a program that is ended by a pipe that nobody reads."""
_SILENCE: Final = logging.NullHandler()
_BURST_CODES: Final = """\
exit codes:
  0    the ledgers agree and no request failed; also after Ctrl-C, which ends the load early
  1    the ledgers disagree, requests failed, the load ended before its time, or there is no receipt
  2    nothing was sent: an option is wrong, or the site does not answer or refuses the run
  130  given up by a second Ctrl-C (or SIGTERM): there is no receipt
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: after a signal 0 of a server, 130 of what has an end of its own."""
    chosen = _parser().parse_args(arguments)
    if chosen.called not in _SERVERS:
        # An error that stops a command is its one line; events that Redis misses meanwhile, the site reads again.
        logging.getLogger("portfolio_app").addHandler(_SILENCE)
    _take_signals()
    try:
        return _run(chosen)
    except (ContentError, SettingsError, LaunchError) as error:
        # The name of a file or a key may hold what a terminal would obey; the text of a LaunchError is inert already.
        said = str(error) if isinstance(error, LaunchError) else inert(str(error))
        print(f"error: {said}", file=sys.stderr)
        not_begun: int = chosen.not_begun
        return not_begun
    except BrokenPipeError:  # of `| head`, say: the rest goes nowhere, at the end of the process, too
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return _UNREAD
    except OSError as error:
        if error.errno not in _DISK:
            raise
        print(f"error: {inert(str(error.filename or 'the disk'))}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if chosen.called in _SERVERS:
            return 0
        print(f"error: {chosen.called} was stopped before it was done", file=sys.stderr)
        return _STOPPED


def _run(chosen: argparse.Namespace) -> int:
    load_variables(ROOT / ".env")
    if chosen.begins_site:
        folders.ignore_named()
    settings = Settings.from_env()
    folders.fix()
    command: Command = chosen.command
    code = command(settings, chosen) or 0
    print(end="", flush=True)  # here, where an error of the disk or of a pipe is still caught
    return code


def _take_signals() -> None:
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as `nohup` leaves it
        signal.signal(signal.SIGHUP, _hang_up)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _hang_up(_signal: int, _frame: FrameType | None) -> None:
    """Stop as on SIGTERM. A terminal that is closed says it twice: the second one is not to cut the end short."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.raise_signal(signal.SIGTERM)


def _read_content() -> None:
    site.check(content())
    for line in left_out(folders.content()):
        print(f"warning: {inert(line)}", flush=True)


def _serve(settings: Settings, _: argparse.Namespace) -> None:
    _read_content()
    serving.serve(settings)


def _build(settings: Settings, _: argparse.Namespace) -> None:
    _read_content()
    Frontend(ROOT).ensure_built(settings.data_dir / "logs")


def _resume_pdf(settings: Settings, _: argparse.Namespace) -> None:
    from portfolio_app.launcher import resume_pdf

    site.check(content())
    resume_pdf.write(Frontend(ROOT).ensure_built(settings.data_dir / "logs") / "build/client")


def _dev(settings: Settings, _: argparse.Namespace) -> None:
    os.environ[folders.SHOWN_ON] = folders.EVERYTHING
    _read_content()
    development.run(settings)


def _check_content(_: Settings, chosen: argparse.Namespace) -> int:
    from portfolio_app.launcher.fit import check

    return check(rewrite=chosen.rewrite)


def _migrate(settings: Settings, chosen: argparse.Namespace) -> None:
    if chosen.down_to is None:
        serving.migrate(settings)
    else:
        upkeep.migrate_down(settings, chosen.down_to)


def _burst(settings: Settings, chosen: argparse.Namespace) -> int:
    from portfolio_app.launcher.burst.command import burst
    from portfolio_app.launcher.burst.load import Shape

    if chosen.ramp and not chosen.rate:
        raise LaunchError("--ramp: it rises to a --rate, which is missing")
    shape = Shape(chosen.rate, chosen.stall, chosen.ramp)
    return burst(chosen.url or settings.local_url, chosen.size, chosen.workers, chosen.mode, shape)


def _new(_: Settings, chosen: argparse.Namespace) -> None:
    written: list[Path] = chosen.write(chosen)
    print(*(f"wrote {folders.shown(path)}" for path in written), sep="\n")
    if note := getattr(chosen, "note", None):
        print(note(chosen))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m portfolio_app",
        description="Serve and look after the portfolio. The environment configures it: see .env.example.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=command, called=name, not_begun=1, begins_site=False)
        return added

    add("serve", _serve, "build what changed, migrate the database, serve on one port")
    add("dev", _dev, "serve with hot reload of pages and backend")
    add("build", _build, "build the frontend if its sources changed")
    add("resume-pdf", _resume_pdf, "print the résumé into resume.pdf beside your profile, by a Chromium")
    fit = add("check-content", _check_content, "list what of your words and demos does not fit this checkout")
    fit.add_argument("--rewrite", action="store_true", help="put right what needs no decision of yours")
    migrate = add("migrate", _migrate, "bring the database to the current schema")
    down = "take later migrations back and lose what they added; for a version that can't run on them"
    migrate.add_argument("--down-to", metavar="REVISION", help=down)
    upkeep.add_commands(add)
    community.add_commands(add)
    scaffold.add_arguments(add("new", _new, "write a demo, an article, a case study or a site to begin with"))
    burst = add("burst", _burst, "send a load burst to a running site and print its receipt")
    burst.epilog, burst.formatter_class = _BURST_CODES, argparse.RawDescriptionHelpFormatter
    burst.set_defaults(not_begun=2)
    burst.add_argument("--size", type=int, default=1000, help="requests, 10 to 5000 (%(default)s)")
    burst.add_argument("--workers", type=int, default=24, help="at once, 1 to 64 (%(default)s)")
    burst.add_argument("--mode", default="noop", help="noop, read or write (%(default)s)")
    rate = "requests a second whatever the answers do, 1 to 2000; without it each waits for another's answer"
    burst.add_argument("--rate", type=int, default=0, help=rate)
    ramp = "come up to --rate in 8 steps, and find the knee: the rate from which on the site falls behind"
    burst.add_argument("--ramp", action="store_true", help=ramp)
    stall = "have the site stand still for 300 ms, for this run, after a third of it"
    burst.add_argument("--stall", action="store_true", help=stall)
    burst.add_argument("--url", help="the site's address (the one on this machine)")
    return parser
