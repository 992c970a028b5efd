"""`make screenshots`: every page in every theme and width, in place of what was there."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS
from tests.screenshots.studio import TARGET, Studio
from tests.site import running_site

THEMES = ("dark", "light")


def main() -> None:
    """Take every page in every theme and width, in place of what was there; the texts are always the same."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for outdated in TARGET.glob("*.png"):
        outdated.unlink()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=CHROMIUM_FLAGS)
        for theme in THEMES:
            with tempfile.TemporaryDirectory() as data, running_site(Path(data)) as site:
                Studio(browser, site, theme).take_all()
        browser.close()


if __name__ == "__main__":
    main()
