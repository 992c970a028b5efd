"""`python -m benchmarks`: run the measures, print the report, write the results file."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from benchmarks import (
    abuse,
    builds,
    burst,
    environment,
    history,
    joins,
    lighthouse,
    lone,
    openloop,
    posts,
    probe,
    report,
    signins,
    soak,
    tabs,
    tracing,
)
from benchmarks.devloop import run as devloop
from benchmarks.fanout import run as fanout
from benchmarks.rows import Row

MEASURES = {
    "abuse": abuse,
    "builds": builds,
    "burst": burst,
    "devloop": devloop,
    "fanout": fanout,
    "history": history,
    "joins": joins,
    "lighthouse": lighthouse,
    "lone": lone,
    "openloop": openloop,
    "posts": posts,
    "probe": probe,
    "signins": signins,
    "soak": soak,
    "tabs": tabs,
    "tracing": tracing,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=sorted(MEASURES), help="run one measure")
    parser.add_argument(
        "--quick", action="store_true", help="one short round, to see that it works; keeps the results file"
    )
    parser.add_argument("--output", type=Path, help=f"the results file (default: {report.LATEST})")
    chosen = parser.parse_args(arguments)
    # Ctrl-C and a polite kill stop the server under test first, also where a shell ignores SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    machine, versions = environment.machine(), environment.versions()
    rows: list[Row] = []
    text: list[str] = []
    for name, measure in MEASURES.items():
        if chosen.only in {None, name}:
            measured = uvloop.run(measure.run(quick=chosen.quick))
            rows += measured
            text += measure.report(measured)
    print(*text, f"\n{machine}\n{versions}", sep="\n")
    output = chosen.output or (None if chosen.quick else report.LATEST)
    if output is not None:
        report.write(output, machine, versions, rows)
        print(f"written to {output}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
