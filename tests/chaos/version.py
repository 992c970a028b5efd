"""Another version of the site: a copy of this checkout whose text, state, schema and events have something more."""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.checkout import copy_sources
from tests.site import ROOT

TEXT: Final = "Feed of the newer version"
COLUMN: Final = "of_a_newer_version"
_MIGRATION: Final = '''"""What only the newer version has."""

import sqlalchemy as sa

from alembic import op

revision: str = "9001"
down_revision: str | None = "{head}"
branch_labels: str | None = None
depends_on: str | None = None
needs: str = "{head}"


def upgrade() -> None:
    op.add_column("messages", sa.Column("{column}", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "{column}")
'''


def newer_version(folder: Path) -> Path:
    """Make it under `folder`, or find it there, and build its pages; takes a minute the first time."""
    root = folder / f"newer-{_digest()}"
    if not (root / ".ready").exists():
        for old in folder.glob("newer-*"):
            shutil.rmtree(old)
        copy_sources(root)
        change(root)
        if (packages := ROOT / ".web" / "node_modules").is_dir():  # or they are fetched
            shutil.copytree(packages, root / ".web" / "node_modules", symlinks=True)
        build = "from pathlib import Path; from portfolio_app.launcher.frontend import Frontend; "
        build += "Frontend(Path.cwd()).ensure_built(Path('logs'))"
        subprocess.run([sys.executable, "-c", build], cwd=root, check=True)
        (root / ".ready").touch()
    return root


def _digest() -> str:
    digest = hashlib.sha256()
    for top in ("portfolio_app", "assets", "alembic", "tests/chaos/version.py"):
        for file in sorted((ROOT / top).rglob("*")) or [ROOT / top]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def change(root: Path) -> None:
    """Make the other version of the checkout at `root`."""
    _replace(root / "portfolio_app/languages/en.toml", '"Feed" = "Feed"', f'"Feed" = "{TEXT}"')
    _replace(
        root / "portfolio_app/http/account/identity.py",
        '    username: rx.Field[str] = rx.field("")\n',
        '    username: rx.Field[str] = rx.field("")\n    newer: rx.Field[str] = rx.field("a field more")\n',
    )
    # An event of a kind that the other version does not know, and a field more in each that it does.
    _replace(
        root / "portfolio_app/infra/bus/codec.py",
        "json.dumps([_fields(event) for event in events],",
        'json.dumps([["of a newer version", 1], *([*_fields(event), {"more": 1}] for event in events)],',
    )
    versions = root / "alembic" / "versions"
    head = max(re.findall(r"(?m)^(\d{4})_", "\n".join(file.name for file in versions.glob("0*.py"))))
    (versions / "9001_of_a_newer_version.py").write_text(_MIGRATION.format(head=head, column=COLUMN))
    _replace(
        root / "portfolio_app/infra/db/tables/chat.py",
        '    __tablename__: ClassVar[str] = "messages"\n',
        f'    __tablename__: ClassVar[str] = "messages"\n    {COLUMN}: str | None = Field(default=None)\n',
    )


def _replace(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    if text.count(before) != 1:
        raise RuntimeError(
            f"{file} has {text.count(before)} times {before!r}: the other version can't be made"
        )
    file.write_text(text.replace(before, after))
