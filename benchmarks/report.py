"""The results file: machine, versions, rows."""

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.rows import Row

LATEST = Path(__file__).parent / "results" / "latest.json"


def write(path: Path, machine: dict[str, object], versions: dict[str, str], rows: Sequence[Row]) -> None:
    """Replace `path` in one step, one row a line so that two runs can be compared with `diff`."""
    lines = ",\n".join("  " + json.dumps(row.as_json()) for row in rows)
    text = (
        f'{{"machine": {json.dumps(machine)},\n"versions": {json.dumps(versions)},\n"rows": [\n{lines}\n]}}\n'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(text)
    draft.replace(path)
