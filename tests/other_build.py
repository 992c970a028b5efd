"""`python -m tests.other_build FOLDER`: the site with the same pages as another build, as after a deployment.

What a build is called is the name of its manifest, which changes with every page and every script.
"""

import re
import shutil
import sys
from pathlib import Path
from typing import Final
from unittest.mock import patch

from portfolio_app.launcher.commands import main
from portfolio_app.launcher.frontend import Frontend
from tests.site import ROOT

OTHER: Final = "0000beef"
_MANIFEST: Final = re.compile(r"manifest-[0-9a-z]+")


def renamed(folder: Path) -> Path:
    """A copy of the served build under `folder`, named anew."""
    other = folder / "other"
    if not other.exists():
        packed = shutil.ignore_patterns("*.gz", "*.br")  # they hold the former name
        shutil.copytree(Frontend(ROOT).ensure_built(folder), other, ignore=packed)
        client = other / "build/client"
        for file in (*client.rglob("*.html"), *client.glob("assets/manifest-*.js")):
            text = _MANIFEST.sub(f"manifest-{OTHER}", file.read_text())
            file.write_text(re.sub(r'"version":"\w+"', f'"version":"{OTHER}"', text))
        [manifest] = client.glob("assets/manifest-*.js")
        manifest.rename(manifest.with_name(f"manifest-{OTHER}.js"))
    return other


if __name__ == "__main__":
    found = renamed(Path(sys.argv[1]))
    with patch.object(Frontend, "ensure_built", lambda *_: found):
        sys.exit(main(["serve"]))
