"""The gate is about the site of this checkout: its words and demos lie where `.env` says."""

import os
import sys
from pathlib import Path

from dotenv import dotenv_values

for _name in ("CONTENT_DIR", "DEMOS_DIR"):
    if _folder := dotenv_values(Path(__file__).parents[1] / ".env").get(_name):
        os.environ.setdefault(_name, _folder)

# Images of Python often say that no bytecode be written: each of the hundreds of processes that the tests start would
# compile the whole project, and each stream of the gate every test.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
