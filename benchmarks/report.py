"""The results file: machine, versions, rows; what each measure ran on, for they may run one at a time."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.rows import Row

LATEST = Path(__file__).parent / "results" / "latest.json"


def write(path: Path, machine: dict[str, object], versions: dict[str, str], rows: Sequence[Row]) -> None:
    """Replace the measures in `path` that `rows` are of, and keep the others with what they ran on.

    In one step, one row a line so that two runs can be compared with `diff`. `machine` and `versions` at the
    top are the newest; `ran_on` has those of every measure.
    """
    fresh = dict.fromkeys(row.measure for row in rows)
    before = json.loads(path.read_text()) if path.exists() else {"rows": []}
    kept = [row for row in before["rows"] if row["measure"] not in fresh]
    known = before.get("ran_on", {})
    ran_on = {row["measure"]: known.get(row["measure"], _circumstances(before)) for row in kept}
    ran_on |= {name: {"machine": machine, "versions": versions} for name in fresh}
    parts = {
        "machine": json.dumps(machine),
        "versions": json.dumps(versions),
        "ran_on": _lines(
            "{}", [f"{json.dumps(name)}: {json.dumps(ran_on[name])}" for name in sorted(ran_on)]
        ),
        "rows": _lines("[]", [json.dumps(row) for row in (*kept, *(row.as_json() for row in rows))]),
    }
    text = ",\n".join(f"{json.dumps(name)}: {part}" for name, part in parts.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(f"{{{text}}}\n")
    draft.replace(path)


def _circumstances(file: Mapping[str, Any]) -> dict[str, Any]:
    return {"machine": file["machine"], "versions": file["versions"]}


def _lines(brackets: str, entries: Sequence[str]) -> str:
    inner = ",\n".join("  " + entry for entry in entries)
    return f"{brackets[0]}\n{inner}\n{brackets[1]}"
