"""The secret of a site on localhost that was given none: made once, and kept in a file for its owner alone."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from portfolio_app.settings.values import MIN_SECRET_LENGTH

KEPT_IN: Final = "session_secret"


def kept_secret(directory: Path) -> str:
    """The secret that is kept in `directory`, made there by the first who asks. Raises ValueError."""
    path = directory / KEPT_IN
    try:
        if not path.exists():
            _keep_new_secret(path)
        secret = path.read_text(encoding="ascii").strip()
        with contextlib.suppress(OSError):  # not ours; one that was copied back may be open to everybody
            path.chmod(0o600)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise ValueError(f"can't be kept in {path}: {reason}") from None
    if len(secret) < MIN_SECRET_LENGTH:
        raise ValueError(f"{path} is damaged; delete it to get a new one")
    return secret


def _keep_new_secret(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        # Of two starters the first link wins, and nobody ever sees a half-written file.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
