"""The gate is about the site of this checkout: its words and demos lie where `.env` says."""

import os
from pathlib import Path

from dotenv import dotenv_values

for _name in ("CONTENT_DIR", "DEMOS_DIR"):
    if _folder := dotenv_values(Path(__file__).parents[1] / ".env").get(_name):
        os.environ.setdefault(_name, _folder)
