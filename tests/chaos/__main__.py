"""`make chaos`: two hosts under seeded faults for a while, then the verdict; a run's file can be judged again."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.deploy import deploy
from tests.chaos.history import History
from tests.chaos.report import named, together
from tests.chaos.run import Plan, Progress, run
from tests.chaos.verdict import judge
from tests.chaos.version import newer_version
from tests.proxies import SAMPLES
from tests.site import ROOT

KEPT = ROOT / ".build" / "chaos"


def main() -> int:
    """Run or judge, and return the exit code: 0 if every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="start two hosts, break them, and judge")
    running.add_argument("--seed", type=_numbers, default=[1], help="one, or several runs: 1,2,3")
    running.add_argument("--minutes", type=float, default=10, help="of each seed")
    running.add_argument("--seconds", type=float, help="the same, in seconds")
    running.add_argument(
        "--folder", type=Path, default=KEPT, help="of the records; .build/chaos unless given"
    )
    deploying = commands.add_parser(
        "deploy", help="deploy another version and roll back, behind a proxy of ops/"
    )
    deploying.add_argument(
        "--proxy", choices=tuple(SAMPLES), action="append", help="all of them unless given"
    )
    deploying.add_argument("--seed", type=int, default=1)
    judging = commands.add_parser("judge", help="judge the records of earlier runs")
    judging.add_argument("files", type=Path, nargs="+")
    chosen = parser.parse_args()
    if chosen.command == "deploy":
        return max(_deployed(name, chosen.seed) for name in chosen.proxy or SAMPLES)
    if chosen.command == "judge":
        return _judged(chosen.files)
    return _judged([_recorded(chosen, seed) for seed in chosen.seed])


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _recorded(chosen: argparse.Namespace, seed: int) -> Path:
    file: Path = chosen.folder / f"seed-{seed}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="portfolio-chaos-") as folder:
        plan = Plan(seed, seconds=chosen.seconds or chosen.minutes * 60)
        newer, history = newer_version(KEPT), History(file, kept=False)
        asyncio.run(run(plan, Path(folder), history, Progress(loud=True), newer))
    return file


def _deployed(proxy: str, seed: int) -> int:
    file = KEPT / f"deploy-{proxy}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="portfolio-deploy-") as folder:
        seen = asyncio.run(deploy(proxy, seed, Path(folder), KEPT, History(file), Progress(loud=True)))
    print(*seen.lines(), sep="\n")
    return max(_judged([file]), int(bool(seen.problems)))


def _judged(files: Sequence[Path]) -> int:
    """Print the verdict over each record, then over all; return the exit code."""
    verdicts = []
    for file in files:
        try:
            verdict = judge(History.read(file).entries)
        except (OSError, ValueError) as error:
            print(f"{file}: {error}", file=sys.stderr)
            return 2
        verdicts.append(named(verdict, file.stem))
        print(file, *verdict.lines(), sep="\n", flush=True)
    whole = together(verdicts)
    if len(files) > 1:
        print(f"all {len(files)} runs", *whole.lines(), sep="\n")
    return 1 if whole.findings else 0


if __name__ == "__main__":
    sys.exit(main())
